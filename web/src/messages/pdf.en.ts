import type { Translation } from '../i18n/catalogue'
import type cs from './pdf.cs'

export default {
  page: 'Page {number} of {total}',
} satisfies Translation<typeof cs>
