/** What stands in the margin: remarks and proposals in the draft, comments of a round; as passages and as cards. */
import type { Anchor, Comment, Place, Thread } from '../api/types'
import type { Passage } from '../editor/passages'
import type { Suggestion } from '../editor/suggesting/suggestions'

export type Item =
  | { kind: 'thread'; id: string; thread: Thread }
  | { kind: 'comment'; id: string; comment: Comment }
  | { kind: 'suggestion'; id: string; suggestion: Suggestion }
  | { kind: 'compose'; id: 'compose'; what: Composing }

export interface Composing {
  what: 'remark' | 'comment' | 'proposal'
  anchor: Anchor | null
}

export function threadItem(thread: Thread): Item {
  return { kind: 'thread', id: thread.id, thread }
}

export function commentItem(comment: Comment): Item {
  return { kind: 'comment', id: comment.id, comment }
}

export function suggestionItem(suggestion: Suggestion): Item {
  return { kind: 'suggestion', id: suggestion.id, suggestion }
}

export function placeOf(item: Item): Place {
  if (item.kind === 'thread') return item.thread.place
  if (item.kind === 'comment') return item.comment.place
  if (item.kind === 'suggestion') return 'whole'
  return item.what.anchor ?? 'whole'
}

export function anchorOfItem(item: Item): Anchor | null {
  if (item.kind === 'thread') return item.thread.anchor ?? null
  if (item.kind === 'comment') return item.comment.anchor ?? null
  if (item.kind === 'suggestion') return null
  return item.what.anchor
}

/** How the passage looks: what kind of thing is said about it and how far that has got. */
function toneOf(item: Item): string {
  if (item.kind === 'compose') return 'on'
  if (item.kind === 'suggestion') return 'proposed'
  if (item.kind === 'thread') return item.thread.resolved ? 'resolved' : 'open'
  const { state, settlement, class: kind } = item.comment
  if (state === 'disputed') return 'dispute'
  if (state === 'withdrawn') return 'resolved'
  if (settlement) return 'settled'
  if (state === 'draft') return `draft ${kind}`
  return kind
}

/**
 * In the draft a place found by the server is shown (its comment mark knows better, when there is one); on the frozen
 * version the anchor itself is exact.
 */
export function passageOf(item: Item, where: 'draft' | 'version'): Passage {
  const anchor = anchorOfItem(item)
  const onVersion = where === 'version' || item.kind === 'compose'
  return { id: item.id, tone: toneOf(item), ...(onVersion ? { anchor } : { place: placeOf(item) }) }
}

/** A remark or comment without a passage to stand beside. */
export function isPlaceless(item: Item, where: 'draft' | 'version'): boolean {
  if (item.kind === 'compose') return item.what.anchor === null
  if (item.kind === 'suggestion') return false // its own marks say where it stands
  if (where === 'version') return anchorOfItem(item) === null
  return placeOf(item) === 'orphaned' || placeOf(item) === 'whole'
}

/** The block that an item stands beside. */
export function blockUnder(item: Item, where: 'draft' | 'version'): string {
  const place = placeOf(item)
  return where === 'draft' && typeof place === 'object' ? place.block : (anchorOfItem(item)?.block ?? '')
}

/** How many stand under each entry of the outline. */
export function countsUnder(under: ReadonlyMap<string, string>, blocks: readonly string[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const block of blocks) {
    const entry = under.get(block) ?? ''
    found.set(entry, (found.get(entry) ?? 0) + 1)
  }
  return found
}
