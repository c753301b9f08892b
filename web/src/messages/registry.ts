import { catalogue } from '../i18n/catalogue'
import cs from './registry.cs'
import en from './registry.en'

export const t = catalogue({ cs, en })
