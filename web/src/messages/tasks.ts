import { catalogue } from '../i18n/catalogue'
import cs from './tasks.cs'
import en from './tasks.en'

export const t = catalogue({ cs, en })
