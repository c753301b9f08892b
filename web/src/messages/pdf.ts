import { catalogue } from '../i18n/catalogue'
import cs from './pdf.cs'
import en from './pdf.en'

export const t = catalogue({ cs, en })
