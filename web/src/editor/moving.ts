/** Moving blocks among those beside them: by the keys, from the menus, by their handle. */
import { Extension, type Editor } from '@tiptap/core'
import type { Node } from '@tiptap/pm/model'
import { NodeSelection, Selection, TextSelection, type EditorState, type Transaction } from '@tiptap/pm/state'
import type { EditorView } from '@tiptap/pm/view'
import { beginStep } from './undoing'

/** Blocks in a row: children `from` to before `upto` of `parent`, whose content begins at `start`. */
export interface Run {
  parent: Node
  start: number
  from: number
  upto: number
}

const lists = ['bulletList', 'orderedList']

export const placeOf = ({ parent, start }: Pick<Run, 'parent' | 'start'>, index: number): number =>
  parent.content.content.slice(0, index).reduce((at, child) => at + child.nodeSize, start)

/** Items of one list, else what stands on the page itself. */
export function chosenRun({ $from, $to }: Selection): Run {
  let depth = $from.sharedDepth($to.pos)
  while (depth > 0 && !lists.includes($from.node(depth).type.name)) depth -= 1
  return { parent: $from.node(depth), start: $from.start(depth), from: $from.index(depth), upto: $to.indexAfter(depth) }
}

/**
 * Puts the run before child `gap` of its parent; null when it stands there. The caret goes with its block.
 *
 * What moves is made anew, also as an object: by that y-tiptap knows that the blocks it passes are to stay as they are,
 * with the words that others are writing into them.
 */
export function moved(state: EditorState, run: Run, gap: number): Transaction | null {
  const { parent, from, upto } = run
  if (from >= upto || gap < 0 || gap > parent.childCount || (gap >= from && gap <= upto)) return null
  const [start, end, target] = [placeOf(run, from), placeOf(run, upto), placeOf(run, gap)]
  const tr = state.tr.delete(start, end)
  const at = tr.mapping.map(target)
  tr.insert(at, parent.content.content.slice(from, upto).map(({ type, attrs, content, marks }) => type.create(attrs, content, marks)))
  const { selection } = state
  if (selection.from < start || selection.to > end) return tr
  return tr.setSelection(shifted(selection, tr.doc, at - start))
}

function shifted(selection: Selection, doc: Node, by: number): Selection {
  if (selection instanceof NodeSelection) return NodeSelection.create(doc, selection.from + by)
  return TextSelection.between(doc.resolve(selection.anchor + by), doc.resolve(selection.head + by))
}

/** One step for undo, however soon after another. */
export function move(view: EditorView, run: Run, gap: number): boolean {
  const tr = moved(view.state, run, gap)
  if (!tr) return false
  beginStep(view.state)
  view.dispatch(tr.scrollIntoView())
  beginStep(view.state)
  return true
}

export function moveChosen({ view }: Editor, by: 1 | -1): boolean {
  const run = chosenRun(view.state.selection)
  return move(view, run, by < 0 ? run.from - 1 : run.upto + 1)
}

/** The block at a height of the window: the innermost item of a list, else what stands on the page. */
export function runAt(view: EditorView, y: number, parent = view.state.doc, start = 0): Run | null {
  const places = startsOf(parent, start)
  const from = firstBelow(places, (pos) => (boxOf(view, pos)?.bottom ?? Infinity) >= y)
  const child = from < places.length ? parent.child(from) : null
  if (!child) return null
  const place = places[from] ?? start
  const inner = lists.includes(child.type.name) ? runAt(view, y, child, place + 1) : innerList(view, y, child, place)
  return inner ?? { parent, start, from, upto: from + 1 }
}

function startsOf(parent: Node, start: number): number[] {
  let at = start
  return parent.content.content.map((child) => (at += child.nodeSize) - child.nodeSize)
}

/** The first for which it holds: those it holds for stand at the end. */
function firstBelow(places: readonly number[], holds: (pos: number) => boolean): number {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(places[middle] ?? 0)) high = middle
    else low = middle + 1
  }
  return low
}

function innerList(view: EditorView, y: number, item: Node, place: number): Run | null {
  if (item.type.name !== 'listItem') return null
  for (const [n, pos] of startsOf(item, place + 1).entries()) {
    const box = boxOf(view, pos)
    if (lists.includes(item.child(n).type.name) && box && box.top <= y && y <= box.bottom) return runAt(view, y, item.child(n), pos + 1)
  }
  return null
}

export function boxOf(view: EditorView, pos: number): DOMRect | null {
  const dom = view.nodeDOM(pos)
  return dom instanceof HTMLElement ? dom.getBoundingClientRect() : null
}

/** Before which child of the run's parent it would go at a height of the window. */
export function gapAt(view: EditorView, run: Run, y: number): number {
  return firstBelow(startsOf(run.parent, run.start), (pos) => {
    const box = boxOf(view, pos)
    return box === null || (box.top + box.bottom) / 2 >= y
  })
}

export const Moving = Extension.create({
  name: 'moving',
  addKeyboardShortcuts() {
    const key = (by: 1 | -1) => () => {
      moveChosen(this.editor, by)
      return true
    }
    return { 'Alt-Shift-ArrowUp': key(-1), 'Alt-Shift-ArrowDown': key(1) }
  },
})
