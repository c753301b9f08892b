import { catalogue } from '../i18n/catalogue'
import cs from './settlement.cs'
import en from './settlement.en'

export const t = catalogue({ cs, en })
