import { catalogue } from '../i18n/catalogue'
import cs from './dates.cs'
import en from './dates.en'

export const t = catalogue({ cs, en })
