import type { Translation } from '../i18n/catalogue'
import type cs from './news.cs'

export default {
  title: 'Notifications',
  nothing: 'No notifications',
  nothingDetail: 'When something happens that concerns you, you learn it here.',
  mentioned: 'You were mentioned',
  unread: 'unread',
  all: 'All notifications',
  nothingMoved: 'Quiet, nothing changed.',
  times: '{n}×',
} satisfies Translation<typeof cs>
