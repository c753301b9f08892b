import { catalogue } from '../i18n/catalogue'
import cs from './comparison.cs'
import en from './comparison.en'

export const t = catalogue({ cs, en })
