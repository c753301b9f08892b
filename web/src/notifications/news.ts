/** What happened that concerns the person. */
import { all, post } from '../api/client'
import type { IconName } from '../components/icons'

export interface News {
  readonly id: string
  readonly at: string
  /** The type of the fact, e.g. `opinion.submitted`. */
  readonly type: string
  readonly document?: string | null
  /** Of the document. */
  readonly title?: string | null
  readonly by?: string | null
  readonly read: boolean
}

export function loadNews(most = 200): Promise<News[]> {
  return all<News>('/notifications', {}, most)
}

export function markAllRead(): Promise<void> {
  return post('/notifications/read')
}

const PICTURES: readonly (readonly [string, IconName])[] = [
  ['thread.', 'comment'],
  ['comment.', 'comment'],
  ['opinion.', 'comment'],
  ['round.', 'round'],
  ['settlement.', 'check'],
  ['dispute.', 'dispute'],
  ['signing.', 'sign'],
  ['version.', 'document'],
  ['document.', 'document'],
  ['handover.', 'archive'],
  ['task.', 'clock'],
]

export function pictureOf(type: string): IconName {
  return PICTURES.find(([prefix]) => type.startsWith(prefix))?.[1] ?? 'bell'
}
