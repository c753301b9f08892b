import { catalogue } from '../i18n/catalogue'
import cs from './palette.cs'
import en from './palette.en'

export const t = catalogue({ cs, en })
