/**
 * Every block has an id of its own: places of remarks and comments, comparison and history stand on it.
 *
 * They are looked at when this person has changed something; what came from the others was given its ids by them, or
 * is by the server.
 */
import { Extension } from '@tiptap/core'
import type { Node } from '@tiptap/pm/model'
import { Plugin, PluginKey, type EditorState, type Transaction } from '@tiptap/pm/state'
import { ySyncPluginKey } from '@tiptap/y-tiptap'
import { identified } from './source'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** A new identity, made as the server makes them: 9 letters of time, 13 of chance; ids sort by age. */
export function newId(now = Date.now()): string {
  let time = ''
  for (let rest = now, n = 0; n < 9; n += 1, rest = Math.floor(rest / 32)) time = alphabet[rest % 32] + time
  const chance = crypto.getRandomValues(new Uint8Array(13))
  return time + Array.from(chance, (byte) => alphabet[byte % 32]).join('')
}

export function isRemote(tr: Transaction): boolean {
  return Boolean(tr.getMeta(ySyncPluginKey))
}

interface Place {
  pos: number
  node: Node
}

/** Blocks without an id, and of several with the same one all but that which keeps it. */
function wanting(doc: Node, homeOf: (id: string) => number | undefined): Place[] {
  const bearers = new Map<string, Place[]>()
  const found: Place[] = []
  doc.descendants((node, pos) => {
    if (!identified.includes(node.type.name)) return !node.isTextblock
    const id = node.attrs['id'] as string | null
    if (!id) found.push({ pos, node })
    else bearers.set(id, [...(bearers.get(id) ?? []), { pos, node }])
    return !node.isTextblock
  })
  for (const [id, places] of bearers) {
    if (places.length === 1) continue
    const keeper = keeperOf(places, homeOf(id))
    found.push(...places.filter((place) => place !== keeper))
  }
  return found
}

/** The one that was there before keeps it, else the first; an empty first half of a split gives it up. */
function keeperOf(places: readonly Place[], home: number | undefined): Place | undefined {
  const kept = places.find(({ pos }) => pos === home) ?? places[0]
  const next = places[places.findIndex((place) => place === kept) + 1]
  return kept?.node.content.size === 0 && next && next.node.content.size > 0 ? next : kept
}

/** Where the blocks of a document went. */
function homes(before: Node, transactions: readonly Transaction[]): (id: string) => number | undefined {
  let known: Map<string, number> | undefined
  const look = (): Map<string, number> => {
    const found = new Map<string, number>()
    before.descendants((node, pos) => {
      const id = node.attrs['id'] as string | null | undefined
      if (id && !found.has(id)) found.set(id, transactions.reduce((at, tr) => tr.mapping.map(at, 1), pos))
      return !node.isTextblock
    })
    return found
  }
  return (id) => (known ??= look()).get(id)
}

function repair(state: EditorState, homeOf: (id: string) => number | undefined): Transaction | null {
  const tr = state.tr
  for (const { pos } of wanting(state.doc, homeOf)) tr.setNodeAttribute(pos, 'id', newId())
  return tr.docChanged ? tr : null
}

export const Identities = Extension.create({
  name: 'identities',
  addProseMirrorPlugins() {
    return [
      new Plugin({
        key: new PluginKey('identities'),
        appendTransaction: (transactions, before, state) => {
          const mine = transactions.some((tr) => tr.docChanged && !isRemote(tr))
          return mine ? repair(state, homes(before.doc, transactions)) : null
        },
      }),
    ]
  },
})
