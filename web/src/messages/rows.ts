import { catalogue } from '../i18n/catalogue'
import cs from './rows.cs'
import en from './rows.en'

export const t = catalogue({ cs, en })
