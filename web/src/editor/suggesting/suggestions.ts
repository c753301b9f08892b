/** Wordings proposed inside the draft: what they are, and what becomes of the text when one decides about them. */
import type { Mark, Node, ResolvedPos } from '@tiptap/pm/model'
import type { EditorState, Transaction } from '@tiptap/pm/state'

export type Decision = 'accept' | 'refuse'

export interface Suggestion {
  id: string
  /** The person's id; null for one that came with a file, whose author is only a name. */
  author: string | null
  name: string
  at: string
  deleted: string
  inserted: string
  /** A few words of the text on either side. */
  before: string
  after: string
}

interface Piece {
  mark: Mark
  text: string
  from: number
  to: number
}

const kinds = ['insertion', 'deletion']

export function isSuggested(mark: Mark): boolean {
  return kinds.includes(mark.type.name)
}

/** Every stretch of text that a suggestion inserts or deletes, in reading order. */
function pieces(doc: Node): Piece[] {
  const found: Piece[] = []
  doc.descendants((node, pos) => {
    if (!node.isText) return true
    for (const mark of node.marks.filter(isSuggested)) found.push({ mark, text: node.text ?? '', from: pos, to: pos + node.nodeSize })
    return false
  })
  return found
}

/** In the order of reading. */
export function suggestionsOf(doc: Node): Suggestion[] {
  const found = new Map<string, Suggestion>()
  let block: Node | null = null
  for (const { mark, text, from, to } of pieces(doc)) {
    const { id, author, name, at } = mark.attrs as Record<string, string | null>
    const key = id ?? ''
    const one = found.get(key) ?? { id: key, author: author ?? null, name: name ?? '', at: at ?? '', deleted: '', inserted: '', before: wordsBefore(doc.resolve(from)), after: '' }
    const side = mark.type.name === 'deletion' ? 'deleted' : 'inserted'
    const here = doc.resolve(from).parent
    if (one[side] !== '' && block !== null && here !== block) one[side] += '\n'
    block = here
    one[side] += text
    one.after = wordsAfter(doc.resolve(to))
    found.set(key, one)
  }
  return [...found.values()]
}

const few = 3 // words
const near = 200 // characters in which they are looked for

/** The words of a block as they stand, without those that other suggestions would bring. */
function standing(block: Node, from: number, to: number): string {
  let words = ''
  block.nodesBetween(from, to, (node, pos) => {
    const proposed = node.marks.some((mark) => mark.type.name === 'insertion')
    if (!proposed) words += node.text?.slice(Math.max(from - pos, 0), to - pos) ?? ' '
    return false
  })
  return words
}

function wordsBefore({ parent, parentOffset }: ResolvedPos): string {
  const text = standing(parent, 0, parentOffset)
  const words = text.slice(-near).match(new RegExp(`(\\S+\\s+){0,${few - 1}}\\S*\\s*$`))?.[0] ?? ''
  return words.length < text.length ? `…\u00a0${words}` : words
}

function wordsAfter({ parent, parentOffset }: ResolvedPos): string {
  const text = standing(parent, parentOffset, parent.content.size)
  const words = text.slice(0, near).match(new RegExp(`^\\s*\\S*(\\s+\\S+){0,${few - 1}}`))?.[0] ?? ''
  return words.length < text.length ? `${words}\u00a0…` : words
}

/** The suggestion at a position, for keys pressed in the text. */
export function suggestionAt(position: ResolvedPos): string | null {
  const marks = [...(position.nodeAfter?.marks ?? []), ...(position.nodeBefore?.marks ?? [])]
  const found = marks.find(isSuggested)
  return found ? String(found.attrs['id'] ?? '') : null
}

/**
 * The text with these suggestions decided. A block whose words all go with an accepted deletion goes with them, so that
 * a whole paragraph can be proposed away.
 */
export function decide(state: EditorState, ids: ReadonlySet<string>, decision: Decision): Transaction {
  const tr = state.tr
  const gone = decision === 'accept' ? 'deletion' : 'insertion'
  const mine = pieces(state.doc).filter(({ mark }) => ids.has(String(mark.attrs['id'] ?? '')))
  for (const { mark, from, to } of mine.filter(({ mark }) => mark.type.name !== gone)) tr.removeMark(from, to, mark)
  for (const { from, to } of mine.filter(({ mark }) => mark.type.name === gone).reverse()) {
    const at = tr.mapping.map(from)
    if (tr.mapping.map(to) > at) tr.delete(at, tr.mapping.map(to))
    if (decision === 'accept') dropEmptied(tr, tr.doc.resolve(at))
  }
  return tr
}

/** Takes an empty text block away with what held only it; the last block of the document or of a cell stays. */
function dropEmptied(tr: Transaction, $pos: ResolvedPos): void {
  if (!$pos.parent.isTextblock || $pos.parent.content.size > 0) return
  let depth = $pos.depth
  while (depth > 1 && $pos.node(depth - 1).childCount === 1 && !isCell($pos.node(depth - 1))) depth -= 1
  if ($pos.node(depth - 1).childCount > 1) tr.delete($pos.before(depth), $pos.after(depth))
}

function isCell(node: Node): boolean {
  return node.type.name === 'tableCell' || node.type.name === 'tableHeader'
}
