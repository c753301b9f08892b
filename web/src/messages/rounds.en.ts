import type { Translation } from '../i18n/catalogue'
import type cs from './rounds.cs'

export default {
  title: 'Review rounds',
  which: 'Which rounds',
  running: 'Running',
  settling: 'Settling',
  prepared: 'Prepared',
  ended: 'Ended',
  nothing: 'There is no round here',
  nothingDetail: 'A round starts from a document: it freezes the wording and sends it to the departments.',
  toDocuments: 'Open the documents',
  opinions: '{done} of {total} opinions',
  opinionsLabel: '{done} of {total} opinions submitted, {late} missing',
  comments: { one: '{n} comment', other: '{n} comments' },
  unsettled: { one: '{n} unsettled', other: '{n} unsettled' },
  disputes: { one: '{n} dispute', other: '{n} disputes' },
  missing: 'missing: {who}',
  missingMore: { one: 'and {n} more', other: 'and {n} more' },
  closedAt: 'closed {when}',
  heat: 'Deadlines in the next four weeks',
  heatDay: { one: '{day}: {n} round', other: '{day}: {n} rounds' },
  heatNone: '{day}: nothing',
  noneRunning: 'No round is running now.',
} satisfies Translation<typeof cs>
