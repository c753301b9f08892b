import { catalogue } from '../i18n/catalogue'
import cs from './profile.cs'
import en from './profile.en'

export const t = catalogue({ cs, en })
