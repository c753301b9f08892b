/**
 * What a merge has deleted: text written here whose passage somebody deleted before it reached the server.
 *
 * Read within the transaction of the merge, before deleted words are collected.
 */
import * as Y from 'yjs'
import type { Clocks } from './words'

/** Merges; gives the clocks that are deleted since. What was deleted here before is not among them. */
export function merge(doc: Y.Doc, update: Uint8Array, origin: unknown): Clocks {
  return within(doc, update, origin, ({ deleteSet }) => deleteSet)
}

/** Merges; gives the clocks that were new here and are deleted all the same, because the place for them is. */
export function mergeLate(doc: Y.Doc, update: Uint8Array, origin: unknown): Clocks {
  return within(doc, update, origin, ({ beforeState }) => {
    const born = Y.createDeleteSetFromStructStore(doc.store)
    for (const [client, runs] of born.clients) {
      const known = beforeState.get(client) ?? 0
      born.clients.set(client, runs.flatMap(({ clock, len }) => late(clock, clock + len, known)))
    }
    return born
  })
}

function within(doc: Y.Doc, update: Uint8Array, origin: unknown, deleted: (transaction: Y.Transaction) => Clocks): Clocks {
  return Y.transact(doc, (transaction) => (Y.applyUpdate(doc, update, origin), sorted(deleted(transaction))), origin, false)
}

function late(start: number, end: number, known: number): { clock: number; len: number }[] {
  const clock = Math.max(start, known)
  return clock < end ? [{ clock, len: end - clock }] : []
}

/** As Yjs searches in it. */
function sorted(clocks: Clocks): Clocks {
  return Y.mergeDeleteSets([clocks])
}
