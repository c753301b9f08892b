import type { Translation } from '../i18n/catalogue'
import type cs from './news.cs'

export default {
  title: 'Notifications',
  nothing: 'No notifications',
  nothingDetail: 'When something happens that concerns you, you learn it here.',
  unread: 'unread',
  nothingMoved: 'Quiet since yesterday.',
  moved: 'Since yesterday',
  all: 'All notifications',
  somebody: 'Somebody',
  clock: 'The clock',
} satisfies Translation<typeof cs>
