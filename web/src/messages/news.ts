import { catalogue } from '../i18n/catalogue'
import cs from './news.cs'
import en from './news.en'

export const t = catalogue({ cs, en })
