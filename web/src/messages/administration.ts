import { catalogue } from '../i18n/catalogue'
import cs from './administration.cs'
import en from './administration.en'

export const t = catalogue({ cs, en })
