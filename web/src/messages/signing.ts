import { catalogue } from '../i18n/catalogue'
import cs from './signing.cs'
import en from './signing.en'

export const t = catalogue({ cs, en })
