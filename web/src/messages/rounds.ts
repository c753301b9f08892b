import { catalogue } from '../i18n/catalogue'
import cs from './rounds.cs'
import en from './rounds.en'

export const t = catalogue({ cs, en })
