import { catalogue } from '../i18n/catalogue'
import cs from './documents.cs'
import en from './documents.en'

export const t = catalogue({ cs, en })
