/**
 * Passages that are talked about, drawn over the text.
 *
 * In a draft the mark of a remark or a proposal says where its passage is now; elsewhere a place does. Both are looked
 * up anew after every change, because a change by another person replaces the whole page at once.
 */
import { Extension } from '@tiptap/core'
import type { Node } from '@tiptap/pm/model'
import { Plugin, PluginKey, type EditorState, type Transaction } from '@tiptap/pm/state'
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view'
import type { Anchor, Place } from '../api/types'
import { find, locate, type Range } from './anchors'
import { isRemote } from './schema/identities'

export interface Passage {
  id: string
  /** How it looks: `open`, `major`, `settled`, `dispute`, `resolved`, `draft`. */
  tone: string
  place?: Place | undefined
  anchor?: Anchor | null | undefined
}

interface Drawn {
  passages: readonly Passage[]
  active: string | null
  ranges: Map<string, Range[]>
  set: DecorationSet
}

const key = new PluginKey<Drawn>('passages')
const settle = 40 // milliseconds
const speaks = ['comment', 'insertion', 'deletion']

export function marked(doc: Node): Map<string, Range[]> {
  const found = new Map<string, Range[]>()
  doc.descendants((node, pos) => {
    if (!node.isText) return true
    for (const mark of node.marks) if (speaks.includes(mark.type.name)) extend(found, String(mark.attrs['id']), pos, node.nodeSize)
    return false
  })
  return found
}

function extend(found: Map<string, Range[]>, id: string, from: number, size: number): void {
  const ranges = found.get(id) ?? []
  const last = ranges.at(-1)
  if (last?.to === from) last.to = from + size
  else ranges.push({ from, to: from + size })
  found.set(id, ranges)
}

function rangesOf(doc: Node, passage: Passage, marks: Map<string, Range[]>): Range[] {
  const byMark = marks.get(passage.id)
  if (byMark) return byMark
  const byQuote = passage.anchor ? find(doc, passage.anchor) : null
  if (byQuote) return [byQuote]
  const byPlace = typeof passage.place === 'object' && !passage.anchor ? locate(doc, passage.place) : null
  return byPlace ? [byPlace] : []
}

function draw(doc: Node, passages: readonly Passage[], active: string | null): Drawn {
  const marks = marked(doc)
  const ranges = new Map(passages.map((passage) => [passage.id, rangesOf(doc, passage, marks)]))
  const decorations = passages.flatMap((passage) =>
    (ranges.get(passage.id) ?? []).map(({ from, to }) => Decoration.inline(from, to, look(passage, active))),
  )
  return { passages, active, ranges, set: DecorationSet.create(doc, decorations) }
}

/** One's own change says where everything went; no need to look it up. */
function moved(before: Drawn, tr: Transaction): Drawn {
  const ranges = new Map<string, Range[]>()
  for (const [id, parts] of before.ranges) {
    const mapped = parts.map(({ from, to }) => ({ from: tr.mapping.map(from, 1), to: tr.mapping.map(to, -1) }))
    ranges.set(id, mapped.filter(({ from, to }) => to > from))
  }
  return { ...before, ranges, set: before.set.map(tr.mapping, tr.doc) }
}

function look(passage: Passage, active: string | null): Record<string, string> {
  const on = passage.id === active ? ' on' : ''
  return { class: `passage ${passage.tone}${on}`, 'data-passage': passage.id }
}

export interface PassagesOptions {
  /** A passage was pressed; `null` when the press was beside all of them. */
  chosen: (id: string | null) => void
}

export const Passages = Extension.create<PassagesOptions>({
  name: 'passages',
  addOptions: () => ({ chosen: () => undefined }),
  addProseMirrorPlugins() {
    const { chosen } = this.options
    return [
      new Plugin<Drawn>({
        key,
        state: {
          init: (_config, { doc }) => draw(doc, [], null),
          apply: (tr, before) => {
            const next = tr.getMeta(key) as Partial<Drawn> | undefined
            if (!next && !tr.docChanged) return before
            if (!next && !isRemote(tr)) return moved(before, tr)
            return draw(tr.doc, next?.passages ?? before.passages, next?.active === undefined ? before.active : next.active)
          },
        },
        props: {
          decorations: (state) => key.getState(state)?.set,
          handleClick: (view, pos) => {
            // The browser tells of the new selection a little later; drawing before that would put the old one back.
            setTimeout(() => !view.isDestroyed && chosen(passageAt(view.state, pos)), settle)
            return false
          },
        },
      }),
    ]
  },
})

/** The narrowest passage at a position. */
function passageAt(state: EditorState, pos: number): string | null {
  const here = [...(key.getState(state)?.ranges ?? [])].flatMap(([id, ranges]) =>
    ranges.filter(({ from, to }) => from <= pos && pos <= to).map(({ from, to }) => ({ id, width: to - from })),
  )
  return here.sort((one, other) => one.width - other.width)[0]?.id ?? null
}

export function showPassages(view: EditorView, passages: readonly Passage[]): void {
  view.dispatch(view.state.tr.setMeta(key, { passages }).setMeta('addToHistory', false))
}

export function activatePassage(view: EditorView, active: string | null): void {
  view.dispatch(view.state.tr.setMeta(key, { active }).setMeta('addToHistory', false))
}

/** Where a passage is on the page now, first part first; empty when its text is gone. */
export function passageRanges(state: EditorState, id: string): Range[] {
  return key.getState(state)?.ranges.get(id) ?? []
}

/** Scrolls a passage into sight, below what stands above it, unless it is in the upper part of the window already. */
export function revealPassage(view: EditorView, id: string): void {
  const range = passageRanges(view.state, id)[0]
  if (!range) return
  const spot = view.coordsAtPos(range.from)
  if (spot.top > 180 && spot.bottom < innerHeight * 0.6) return
  scrollTo({ top: scrollY + spot.top - 220, behavior: 'smooth' })
}

/** Passages that had a place when they were shown, and whose text has gone since. */
export function lostPassages(state: EditorState): string[] {
  const drawn = key.getState(state)
  return drawn ? drawn.passages.filter(({ id, place }) => typeof place === 'object' && drawn.ranges.get(id)?.length === 0).map(({ id }) => id) : []
}
