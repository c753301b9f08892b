import type { Translation } from '../i18n/catalogue'
import type cs from './news.cs'

export default {
  title: 'Notifications',
  nothing: 'No notifications',
  nothingDetail: 'When something happens that concerns you, you learn it here.',
  unread: 'unread',
  all: 'All notifications',
  somebody: 'Somebody',
  clock: 'The clock',
  nothingMoved: 'Quiet, nothing changed.',
  more: { one: 'and {n} more document', other: 'and {n} more documents' },
} satisfies Translation<typeof cs>
