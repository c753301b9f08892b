import { catalogue } from '../i18n/catalogue'
import cs from './frame.cs'
import en from './frame.en'

export const t = catalogue({ cs, en })
