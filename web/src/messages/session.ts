import { catalogue } from '../i18n/catalogue'
import cs from './session.cs'
import en from './session.en'

export const t = catalogue({ cs, en })
