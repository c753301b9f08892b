/** What one event said several times over as one line, and so runs of the same news (twelve contracts sent for signature). */
import type { News } from '../api/types'
import { dayOf } from '../dates/days'

export interface Line {
  readonly first: News
  readonly count: number
}

export function folded(news: readonly News[]): Line[] {
  const lines: { first: News; count: number }[] = []
  for (const entry of news) {
    const last = lines.at(-1)
    if (last && isFollowed(last.first, entry)) continue
    if (last && isSame(last.first, entry)) last.count += 1
    else lines.push({ first: entry, count: 1 })
  }
  return lines
}

const closing: Readonly<Record<string, readonly string[]>> = { 'version.signed': ['signing.completed', 'signing.signed'], 'signing.completed': ['signing.signed', 'version.signed'] }

/** What came right before and is said by the newer one already: a signature, all signatures, the signed version. */
function isFollowed(newer: News, older: News): boolean {
  return newer.document.id === older.document.id && (closing[newer.type]?.includes(older.type) ?? false)
}

function isSame(one: News, other: News): boolean {
  return one.type === other.type && !one.mentioned && !other.mentioned && one.by === other.by && dayOf(new Date(one.at)) === dayOf(new Date(other.at))
}
