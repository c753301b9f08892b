import type { Translation } from '../i18n/catalogue'
import type cs from './pdf.cs'

export default {
  page: 'Page {n} of {total}',
  loading: 'Opening the document…',
  unreadable: 'This file cannot be shown.',
  unreadableDetail: 'Download it and open it elsewhere.',
  pages: 'Pages of the document',
} satisfies Translation<typeof cs>
