/**
 * Who wrote which words, as colours under the text: decorations only, the document knows nothing of them.
 *
 * One's own change carries them along. A change by another person replaces the whole page at once, so they are then
 * drawn anew from their places, until the server is asked again.
 */
import type { Editor } from '@tiptap/core'
import type { Node } from '@tiptap/pm/model'
import { Plugin, PluginKey } from '@tiptap/pm/state'
import { Decoration, DecorationSet } from '@tiptap/pm/view'
import { hueOf } from '../components/face'
import { locate } from './anchors'
import { isRemote } from './schema/identities'

export interface Run {
  start: number
  end: number
  by?: string | null
  at?: string | null
}

export interface Written {
  block: string
  runs: readonly Run[]
}

interface Drawn {
  blocks: readonly Written[]
  set: DecorationSet
}

/** What is said of a run when it is pointed at. */
export type Words = (run: Run) => string

const key = new PluginKey<Drawn>('authorship')

function draw(doc: Node, blocks: readonly Written[], words: Words): Drawn {
  const decorations = blocks.flatMap(({ block, runs }) =>
    runs.flatMap((run) => {
      const range = locate(doc, { block, start: run.start, end: run.end })
      return range && range.to > range.from ? [Decoration.inline(range.from, range.to, look(run, words))] : []
    }),
  )
  return { blocks, set: DecorationSet.create(doc, decorations) }
}

function look(run: Run, words: Words): Record<string, string> {
  return { class: `written ${run.by ? `hue-${hueOf(run.by)}` : 'by-nobody'}`, title: words(run) }
}

export function showAuthors(editor: Editor, blocks: readonly Written[], words: Words): void {
  if (!key.get(editor.state)) editor.registerPlugin(plugin(words))
  editor.view.dispatch(editor.state.tr.setMeta(key, blocks).setMeta('addToHistory', false))
}

export function hideAuthors(editor: Editor): void {
  if (!editor.isDestroyed) editor.unregisterPlugin(key)
}

function plugin(words: Words): Plugin<Drawn> {
  return new Plugin<Drawn>({
    key,
    state: {
      init: () => ({ blocks: [], set: DecorationSet.empty }),
      apply: (tr, before) => {
        const blocks = tr.getMeta(key) as readonly Written[] | undefined
        if (blocks) return draw(tr.doc, blocks, words)
        if (!tr.docChanged) return before
        return isRemote(tr) ? draw(tr.doc, before.blocks, words) : { ...before, set: before.set.map(tr.mapping, tr.doc) }
      },
    },
    props: { decorations: (state) => key.getState(state)?.set },
  })
}

/** The authors by how much of the text is theirs, the busiest first; `''` stands for nobody known. */
export function sharesOf(blocks: readonly Written[]): { by: string; signs: number }[] {
  const signs = new Map<string, number>()
  for (const { start, end, by } of blocks.flatMap(({ runs }) => runs)) signs.set(by ?? '', (signs.get(by ?? '') ?? 0) + end - start)
  return [...signs].map(([by, count]) => ({ by, signs: count })).toSorted((one, other) => other.signs - one.signs)
}
