import type { Translation } from '../i18n/catalogue'
import type cs from './rows.cs'

export default {
  next: 'next row',
  previous: 'previous row',
  open: 'open',
  act: 'main act of the row',
} satisfies Translation<typeof cs>
