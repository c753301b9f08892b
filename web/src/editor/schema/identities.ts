/**
 * Every block has an id of its own: places of remarks and comments, comparison and history stand on it.
 *
 * Only what this person changed is looked at; what came from the others was given its ids by them.
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

/** Blocks without an id, and the later of two with the same one; an empty first half of a split gives its id up. */
function wanting(doc: Node): Place[] {
  const first = new Map<string, Place>()
  const found: Place[] = []
  doc.descendants((node, pos) => {
    if (!identified.includes(node.type.name)) return !node.isTextblock
    const id = node.attrs['id'] as string | null
    const earlier = id ? first.get(id) : undefined
    if (id && earlier && earlier.node.content.size === 0 && node.content.size > 0) found.push(earlier)
    else if (!id || earlier) found.push({ pos, node })
    if (id && !found.some((place) => place.pos === pos)) first.set(id, { pos, node })
    return !node.isTextblock
  })
  return found
}

function repair(state: EditorState): Transaction | null {
  const tr = state.tr
  for (const { pos } of wanting(state.doc)) tr.setNodeAttribute(pos, 'id', newId())
  return tr.docChanged ? tr : null
}

export const Identities = Extension.create({
  name: 'identities',
  addProseMirrorPlugins() {
    return [
      new Plugin({
        key: new PluginKey('identities'),
        appendTransaction: (transactions, _before, state) => {
          const mine = transactions.some((tr) => tr.docChanged && !isRemote(tr))
          return mine ? repair(state) : null
        },
      }),
    ]
  },
})
