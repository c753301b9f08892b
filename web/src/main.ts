import { mount } from 'svelte'
import './style/fonts.css'
import './style/tokens.css'
import './style/ground.css'
import App from './App.svelte'
import { locale } from './i18n/locale.svelte'
import { startRouter } from './router/router.svelte'

document.documentElement.lang = locale()
startRouter()

const target = document.getElementById('app')
if (target) mount(App, { target })
