/**
 * One's own caret while others write: it stays at its letter.
 *
 * y-tiptap takes every position in a paragraph whose text has changed for a mistake of its own and puts the caret back to
 * the count of letters where it stood before, which is another word when something was written before it. So it is put
 * right after every change that came from elsewhere.
 */
import { Extension } from '@tiptap/core'
import type { Node, ResolvedPos } from '@tiptap/pm/model'
import { Plugin, TextSelection, type EditorState, type Selection, type Transaction } from '@tiptap/pm/state'
import { absolutePositionToRelativePosition, relativePositionToAbsolutePosition, ySyncPluginKey, type ProsemirrorBinding } from '@tiptap/y-tiptap'
import type { RelativePosition } from 'yjs'

interface Place {
  anchor: RelativePosition
  head: RelativePosition
}

export const bindingOf = (state: EditorState): ProsemirrorBinding | undefined => ySyncPluginKey.getState(state)?.binding

export const OwnCaret = Extension.create({
  name: 'ownCaret',
  addProseMirrorPlugins: () => [ownCaret()],
})

function ownCaret(): Plugin {
  let place: Place | null = null
  return new Plugin({
    view: (view) => {
      const doc = bindingOf(view.state)?.doc
      const note = (): void => void (place = placeOf(view.state))
      const forget = (): void => void (place = null)
      doc?.on('beforeAllTransactions', note)
      doc?.on('afterAllTransactions', forget)
      return { destroy: () => (doc?.off('beforeAllTransactions', note), doc?.off('afterAllTransactions', forget)) }
    },
    appendTransaction: (transactions, before, now) => {
      if (!place || !transactions.some(isFromElsewhere)) return null
      const wanted = selectionAt(place, before, now)
      if (!wanted || wanted.eq(now.selection)) return null
      return now.tr.setSelection(wanted).setMeta(ySyncPluginKey, { isChangeOrigin: true })
    },
  })
}

/** Undoing puts the caret where the step was. */
function isFromElsewhere(tr: Transaction): boolean {
  const meta = tr.getMeta(ySyncPluginKey) as { isChangeOrigin?: boolean; isUndoRedoOperation?: boolean } | undefined
  return tr.docChanged && meta?.isChangeOrigin === true && !meta.isUndoRedoOperation
}

function placeOf(state: EditorState): Place | null {
  const binding = bindingOf(state)
  if (!binding || !(state.selection instanceof TextSelection)) return null
  const { anchor, head } = state.selection
  const relative = (at: number): RelativePosition => absolutePositionToRelativePosition(at, binding.type, binding.mapping) as RelativePosition
  return { anchor: relative(anchor), head: relative(head) }
}

function selectionAt(place: Place, before: EditorState, now: EditorState): Selection | null {
  const { $anchor, $head } = before.selection
  const [anchor, head] = [positionOf(place.anchor, $anchor, now), positionOf(place.head, $head, now)]
  if (anchor === null || head === null) return null
  return TextSelection.between(now.doc.resolve(anchor), now.doc.resolve(head))
}

/** At the letter; else where its paragraph differs; else behind the last paragraph before it that is still there. */
function positionOf(relative: RelativePosition, $before: ResolvedPos, now: EditorState): number | null {
  const binding = bindingOf(now)
  const found = binding ? relativePositionToAbsolutePosition(binding.doc, binding.type, relative, binding.mapping) : null
  const block = $before.parent
  if (found !== null && found <= now.doc.content.size && idOf(now.doc.resolve(found).parent) === idOf(block)) return found
  const places = blocksOf(now.doc)
  const same = places.get(idOf(block))
  if (same) return same.start + offsetIn(same.node, block, $before.parentOffset)
  const earlier = [...blocksOf($before.doc)].filter(([, { start }]) => start < $before.pos)
  const survivor = earlier.map(([id]) => places.get(id)).findLast((one) => one !== undefined)
  return survivor ? survivor.start + survivor.node.content.size : null
}

const idOf = (block: Node): string => String(block.attrs['id'] ?? '')

function blocksOf(doc: Node): Map<string, { node: Node; start: number }> {
  const found = new Map<string, { node: Node; start: number }>()
  doc.descendants((node, pos) => {
    if (node.isTextblock && idOf(node) !== '') found.set(idOf(node), { node, start: pos + 1 })
    return !node.isTextblock
  })
  return found
}

/** Where the place stands in a paragraph that was made anew. */
function offsetIn(now: Node, before: Node, offset: number): number {
  const start = before.content.findDiffStart(now.content)
  if (start === null || offset <= start) return offset
  const end = before.content.findDiffEnd(now.content)
  if (end && offset >= end.a && end.b >= start) return now.content.size - (before.content.size - offset)
  return wordStart(now, start)
}

function wordStart(block: Node, offset: number): number {
  const text = block.textBetween(0, offset, '\ufffc', '\ufffc')
  return offset - (/[\p{L}\p{N}]*$/u.exec(text)?.[0].length ?? 0)
}
