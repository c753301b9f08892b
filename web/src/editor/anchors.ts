/**
 * Passages between the page and the API: a passage is a block's id and two offsets in code points of its plain text.
 *
 * In plain text a hard break is a line feed and a footnote one object sign; a footnote's own words are not part of it.
 */
import type { Node } from '@tiptap/pm/model'
import type { Anchor } from '../api/types'

export const OBJECT = '\uFFFC'
const around = 32

export interface Range {
  from: number
  to: number
}

interface Piece {
  text: string
  pos: number
  size: number
}

/** The pieces of a text block with their positions, counted from the inside of the block. */
function pieces(block: Node): Piece[] {
  const found: Piece[] = []
  block.forEach((child, offset) => {
    const text = child.isText ? (child.text ?? '') : child.type.name === 'hardBreak' ? '\n' : OBJECT
    found.push({ text, pos: offset, size: child.nodeSize })
  })
  return found
}

export function plainText(block: Node): string {
  return pieces(block)
    .map((piece) => piece.text)
    .join('')
}

export function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}

/** The position inside the block that a count of code points means. */
function positionOf(block: Node, wanted: number): number {
  let left = wanted
  for (const { text, pos, size } of pieces(block)) {
    const length = codePoints(text)
    if (left < length) return pos + [...text].slice(0, left).join('').length
    left -= length
    if (left === 0) return pos + size
  }
  return block.content.size
}

/** The count of code points before a position inside the block. */
function offsetOf(block: Node, position: number): number {
  let count = 0
  for (const { text, pos, size } of pieces(block)) {
    if (position >= pos + size) count += codePoints(text)
    else if (position > pos) count += size === text.length ? codePoints(text.slice(0, position - pos)) : 1
  }
  return count
}

/** The passage of a selection. One that reaches over several blocks means its first block with text. */
export function anchorOf(doc: Node, from: number, to: number): Anchor | null {
  let anchor: Anchor | null = null
  doc.nodesBetween(from, to, (node, pos) => {
    if (anchor || !node.isTextblock) return !anchor && !node.isTextblock
    const start = offsetOf(node, Math.max(0, from - pos - 1))
    const end = offsetOf(node, Math.min(node.content.size, to - pos - 1))
    const id = node.attrs['id'] as string | null
    if (id && end > start) anchor = quoted(id, plainText(node), start, end)
    return false
  })
  return anchor
}

function quoted(block: string, text: string, start: number, end: number): Anchor {
  const signs = [...text]
  const part = (a: number, b: number) => signs.slice(Math.max(0, a), b).join('')
  return { block, start, end, quote: part(start, end), prefix: part(start - around, start), suffix: part(end, end + around) }
}

/** Positions of the blocks by id; kept for the same document. */
const indexes = new WeakMap<Node, Map<string, number>>()

export function blockIndex(doc: Node): Map<string, number> {
  const known = indexes.get(doc)
  if (known) return known
  const index = new Map<string, number>()
  doc.descendants((node, pos) => {
    const id = node.attrs['id'] as string | undefined
    if (id) index.set(id, pos)
    return !node.isTextblock
  })
  indexes.set(doc, index)
  return index
}

/** Where a passage is on this page, or null when its block is not there. */
export function locate(doc: Node, place: { block: string; start: number; end: number }): Range | null {
  const pos = blockIndex(doc).get(place.block)
  const block = pos === undefined ? null : doc.nodeAt(pos)
  if (pos === undefined || !block?.isTextblock) return null
  return { from: pos + 1 + positionOf(block, place.start), to: pos + 1 + positionOf(block, place.end) }
}

/** Where a quoted passage is now: at its place, else wherever its block says the same words once. */
export function find(doc: Node, anchor: Anchor): Range | null {
  const pos = blockIndex(doc).get(anchor.block)
  const block = pos === undefined ? null : doc.nodeAt(pos)
  if (!block?.isTextblock) return null
  const text = plainText(block)
  const signs = [...text]
  if (signs.slice(anchor.start, anchor.end).join('') === anchor.quote) return locate(doc, anchor)
  const at = text.indexOf(anchor.quote)
  if (at < 0 || text.indexOf(anchor.quote, at + 1) >= 0) return null
  const start = codePoints(text.slice(0, at))
  return locate(doc, { block: anchor.block, start, end: start + codePoints(anchor.quote) })
}
