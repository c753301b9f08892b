/** Runs of the same news (twelve contracts sent for signature at once) as one line. */
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
    if (last && isSame(last.first, entry)) last.count += 1
    else lines.push({ first: entry, count: 1 })
  }
  return lines
}

function isSame(one: News, other: News): boolean {
  return one.type === other.type && one.by === other.by && dayOf(new Date(one.at)) === dayOf(new Date(other.at))
}
