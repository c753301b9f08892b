/** What happened lately and concerns the person; what she has seen is remembered on this device. */
import { all } from '../api/client'
import type { News } from '../api/types'
import type { IconName } from '../components/icons'
import { factWords } from '../messages/facts'
import { t } from '../messages/news'
import { session } from '../session/session.svelte'

export async function loadNews(most = 200): Promise<News[]> {
  return (await all<News>('/news', {}, most)).slice(0, most)
}

/** The number of the newest one the person has seen. */
export function seenUpTo(): number {
  try {
    return Number(localStorage.getItem(key()) ?? 0)
  } catch {
    return 0 // storage is forbidden: everything stays new
  }
}

export function markSeen(news: readonly News[]): void {
  const newest = news[0]
  if (!newest) return
  try {
    localStorage.setItem(key(), newest.id)
  } catch {
    // see seenUpTo()
  }
}

export function unreadOf(news: readonly News[]): number {
  const seen = seenUpTo()
  return news.filter((entry) => Number(entry.id) > seen).length
}

/** Where it is: the remark or the comment itself, where it is about one. */
export function addressOfNews({ document, thread, comment, round }: News): string {
  const at = `/documents/${document.id}`
  if (thread) return `${at}?thread=${thread}`
  if (comment && round) return `${at}?mode=review&round=${round}&comment=${comment}`
  return at
}

/** What happened, in words; being named comes first. */
export function newsWords({ type, mentioned }: News): string {
  return mentioned ? t('mentioned') : factWords(type)
}

function key(): string {
  return `paraph.seen.${session.me.id}`
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
  ['handover.', 'archive'],
]

export function pictureOf(type: string): IconName {
  return PICTURES.find(([prefix]) => type.startsWith(prefix))?.[1] ?? 'bell'
}
