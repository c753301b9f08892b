import { catalogue } from '../i18n/catalogue'
import cs from './editor.cs'
import en from './editor.en'

export const t = catalogue({ cs, en })
