import { catalogue } from '../i18n/catalogue'
import cs from './verification.cs'
import en from './verification.en'

export const t = catalogue({ cs, en })
