/**
 * What a merge has deleted: text written here whose passage somebody deleted before it reached the server, or before it
 * reached who deleted.
 *
 * Read within the transaction of the merge, before deleted words are collected.
 */
import * as Y from 'yjs'
import { wordsAmong, wordsOf, type Clocks } from './words'

/**
 * Merges; gives the words that are deleted since: those of the updates not yet saved, and those written here that the
 * merged update does not itself delete. Who wrote it deleted all around them and had not got them yet. What was deleted
 * here before is not among them.
 */
export function merge(doc: Y.Doc, update: Uint8Array, origin: unknown, unsaved: Uint8Array[]): string {
  return within(doc, update, origin, ({ deleteSet }) => {
    const deleted = sorted(deleteSet)
    const unseen = unseenOf(doc.clientID, deleted, update)
    if (unseen.clients.size === 0) return wordsOf(unsaved, deleted)
    const words = wordsHere(doc, unseen, deleted)
    deleted.clients.delete(doc.clientID)
    return [words, wordsOf(unsaved, deleted)].filter((text) => text !== '').join('\n')
  })
}

/** Merges; gives the clocks that were new here and are deleted all the same, because the place for them is. */
export function mergeLate(doc: Y.Doc, update: Uint8Array, origin: unknown): Clocks {
  return within(doc, update, origin, ({ beforeState }) => {
    const born = Y.createDeleteSetFromStructStore(doc.store)
    for (const [client, runs] of born.clients) {
      const known = beforeState.get(client) ?? 0
      const since = runs.flatMap(({ clock, len }) => late(clock, clock + len, known))
      if (since.length > 0) born.clients.set(client, since)
      else born.clients.delete(client) // Yjs cannot merge what holds nothing
    }
    return sorted(born)
  })
}

function within<T>(doc: Y.Doc, update: Uint8Array, origin: unknown, look: (transaction: Y.Transaction) => T): T {
  return Y.transact(doc, (transaction) => (Y.applyUpdate(doc, update, origin), look(transaction)), origin, false)
}

function unseenOf(client: number, deleted: Clocks, update: Uint8Array): Clocks {
  const unseen = Y.createDeleteSet()
  const runs = deleted.clients.get(client)
  if (!runs) return unseen
  const named = sorted(Y.decodeUpdate(update).ds)
  const clocks = runs.flatMap(({ clock, len }) => Array.from({ length: len }, (_, n) => clock + n))
  const left = clocks.filter((clock) => !Y.isDeleted(named, Y.createID(client, clock)))
  if (left.length > 0) unseen.clients.set(client, left.map((clock) => ({ clock, len: 1 })))
  return sorted(unseen)
}

function wordsHere(doc: Y.Doc, wanted: Clocks, deleted: Clocks): string {
  const gone = (id: Y.ID): boolean => !Y.isDeleted(deleted, id) && Y.getItem(doc.store, id).deleted
  return wordsAmong(doc.store.clients.get(doc.clientID) ?? [], (id) => Y.isDeleted(wanted, id), gone)
}

function late(start: number, end: number, known: number): { clock: number; len: number }[] {
  const clock = Math.max(start, known)
  return clock < end ? [{ clock, len: end - clock }] : []
}

/** As Yjs searches in it. */
function sorted(clocks: Clocks): Clocks {
  return Y.mergeDeleteSets([clocks])
}
