import { catalogue } from '../i18n/catalogue'
import cs from './components.cs'
import en from './components.en'

export const t = catalogue({ cs, en })
