import { catalogue } from '../i18n/catalogue'
import cs from './workspace.cs'
import en from './workspace.en'

export const t = catalogue({ cs, en })
