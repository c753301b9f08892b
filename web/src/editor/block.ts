/** The kinds of block a writer chooses from, in the words of the toolbar. */
import type { Editor } from '@tiptap/core'

export type BlockKind =
  | 'paragraph'
  | 'heading1'
  | 'heading2'
  | 'heading3'
  | 'heading4'
  | 'article'
  | 'clause'
  | 'point'
  | 'subpoint'
  | 'quote'

export function blockOf(editor: Editor): BlockKind {
  const { $from } = editor.state.selection
  const { type, attrs } = $from.parent
  if (type.name === 'heading') return `heading${attrs['level'] as 1 | 2 | 3 | 4}`
  if (type.name === 'point') return attrs['level'] === 2 ? 'subpoint' : 'point'
  if (type.name === 'article' || type.name === 'clause') return type.name
  return editor.isActive('blockquote') ? 'quote' : 'paragraph'
}

export function chooseBlock(editor: Editor, kind: BlockKind): boolean {
  const chain = editor.chain().focus()
  if (kind === 'quote') return editor.isActive('blockquote') ? chain.lift('blockquote').run() : chain.wrapIn('blockquote').run()
  if (kind.startsWith('heading')) return chain.setNode('heading', { level: Number(kind.slice(-1)) }).run()
  if (kind === 'point' || kind === 'subpoint') return chain.setNode('point', { level: kind === 'point' ? 1 : 2 }).run()
  return chain.setNode(kind).run()
}
