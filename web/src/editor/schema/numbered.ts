/**
 * The numbered blocks of legal texts: article (Čl. 1), clause ((1)), point (a) and 1.).
 *
 * They are flat text blocks in a row. Their numbers are never stored: CSS counters print them on the page and
 * `editor/numbering` computes them for words about places.
 */
import { Extension, InputRule, Node, type Editor } from '@tiptap/core'
import type { NodeType } from '@tiptap/pm/model'
import { TextSelection, type EditorState, type Transaction } from '@tiptap/pm/state'
import { identity, integer } from './attributes'

export const Article = numbered('article')
export const Clause = numbered('clause')
export const Point = numbered('point')

function numbered(name: 'article' | 'clause' | 'point') {
  return Node.create({
    name,
    group: 'block',
    content: 'inline*',
    defining: true,
    addAttributes: () => (name === 'point' ? { ...identity, ...integer(name, 'level', 1) } : { ...identity }),
    parseHTML: () => [{ tag: `p[data-block="${name}"]`, priority: 60 }],
    renderHTML: ({ HTMLAttributes }) => ['p', { ...HTMLAttributes, 'data-block': name, class: name }, 0],
  })
}

/** A step of the series: how deep a block stands. */
interface Rung {
  type: 'article' | 'clause' | 'point' | 'paragraph'
  level?: number
}

const ladder: Rung[] = [{ type: 'clause' }, { type: 'point', level: 1 }, { type: 'point', level: 2 }]

function rungOf(type: string, level: unknown): number {
  return ladder.findIndex((rung) => rung.type === type && (rung.level ?? level) === level)
}

/** Enter, Tab and Backspace in numbered blocks, and what is recognised while typing. */
export const NumberedKeys = Extension.create({
  name: 'numberedKeys',
  priority: 500,

  addKeyboardShortcuts() {
    return {
      Tab: ({ editor }) => shift(editor, 1),
      'Shift-Tab': ({ editor }) => shift(editor, -1),
      Enter: ({ editor }) => leaveWhenEmpty(editor) || beginClause(editor) || goOn(editor),
      Backspace: ({ editor }) => dropNumber(editor),
      'Mod-Alt-7': ({ editor }) => editor.commands.setNode('article'),
      'Mod-Alt-8': ({ editor }) => editor.commands.setNode('clause'),
      'Mod-Alt-9': ({ editor }) => editor.commands.setNode('point', { level: 1 }),
    }
  },

  addInputRules() {
    return [
      rule(/^(?:Čl|čl|Art)\.\s$/, { type: 'article' }),
      rule(/^\(\d{1,3}\)\s$/, { type: 'clause' }),
      rule(/^[a-z]\)\s$/, { type: 'point', level: 1 }),
      rule(/^\d{1,2}[.)]\s$/, { type: 'point', level: 2 }, followsPoint),
    ]
  },
})

function rule(find: RegExp, rung: Rung, when: (state: EditorState) => boolean = () => true): InputRule {
  return new InputRule({
    find,
    handler: ({ state, range }) => {
      const type = state.schema.nodes[rung.type]
      if (!type || !when(state) || !state.doc.resolve(range.from).parent.isTextblock) return null
      state.tr.delete(range.from, range.to).setBlockType(range.from, range.from, type, attrsOf(state, rung))
      return undefined
    },
  })
}

function followsPoint(state: EditorState): boolean {
  const { $from } = state.selection
  const before = $from.node(-1).maybeChild($from.index(-1) - 1)
  return before?.type.name === 'point'
}

function attrsOf(state: EditorState, rung: Rung): Record<string, unknown> {
  const id = state.selection.$from.parent.attrs['id'] as string | null
  return rung.type === 'point' ? { id, level: rung.level ?? 1 } : { id }
}

/** One rung deeper or back, for every numbered block of the selection. Says whether it was any. */
function shift(editor: Editor, step: 1 | -1): boolean {
  const { state, view } = editor
  const { from, to } = state.selection
  const tr = state.tr
  let touched = false
  state.doc.nodesBetween(from, to, (node, pos) => {
    const rung = rungOf(node.type.name, node.attrs['level'] ?? undefined)
    if (rung < 0) return !node.isTextblock
    touched = true
    const next = ladder[rung + step]
    if (next) become(tr, pos, state.schema.nodes[next.type], next)
    return false
  })
  if (tr.docChanged) view.dispatch(tr.scrollIntoView())
  return touched
}

function become(tr: Transaction, pos: number, type: NodeType | undefined, rung: Rung): void {
  const id = tr.doc.nodeAt(pos)?.attrs['id'] as string | null
  if (type) tr.setNodeMarkup(pos, type, rung.type === 'point' ? { id, level: rung.level } : { id })
}

/** Enter in an empty numbered block climbs one rung; from the top the series ends in a plain paragraph. */
function leaveWhenEmpty(editor: Editor): boolean {
  const { $from, empty } = editor.state.selection
  const block = $from.parent
  if (!empty || block.content.size > 0) return false
  if (block.type.name === 'article') return editor.commands.setNode('paragraph')
  const rung = rungOf(block.type.name, block.attrs['level'] ?? undefined)
  if (rung < 0) return false
  const above = ladder[rung - 1]
  return above
    ? editor.commands.setNode(above.type, above.level ? { level: above.level } : {})
    : editor.commands.setNode('paragraph')
}

/** Enter behind an article's name begins its first clause. */
function beginClause(editor: Editor): boolean {
  const { state, view } = editor
  const { $from, empty } = state.selection
  const clause = state.schema.nodes['clause']
  if (!empty || !clause || $from.parent.type.name !== 'article' || $from.parentOffset < $from.parent.content.size) return false
  const at = $from.after()
  const tr = state.tr.insert(at, clause.create())
  view.dispatch(tr.setSelection(TextSelection.create(tr.doc, at + 1)).scrollIntoView())
  return true
}

/** Enter within a series goes on with it; the editor's own Enter would end it in a paragraph. */
function goOn(editor: Editor): boolean {
  const { state, view } = editor
  const { $from, $to } = state.selection
  const { type, attrs } = $from.parent
  if (rungOf(type.name, attrs['level'] ?? undefined) < 0 || !$from.sameParent($to)) return false
  const tr = state.tr.deleteSelection()
  tr.split(tr.selection.from, 1, [{ type, attrs: { ...attrs, id: null } }])
  view.dispatch(tr.scrollIntoView())
  return true
}

/** Backspace at the very beginning takes the number away before it joins anything. */
function dropNumber(editor: Editor): boolean {
  const { $from, empty } = editor.state.selection
  const numbers = ['article', 'clause', 'point']
  if (!empty || $from.parentOffset > 0 || !numbers.includes($from.parent.type.name)) return false
  return editor.commands.setNode('paragraph')
}
