import type { Translation } from '../i18n/catalogue'
import type cs from './rows.cs'

export default {
  next: 'Next row',
  previous: 'Previous row',
  open: 'Open',
  act: 'Main act of the row',
} satisfies Translation<typeof cs>
