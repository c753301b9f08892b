/** The writer's own commands that are more than one step of the editor's. */
import { Extension, type Editor } from '@tiptap/core'
import { NodeSelection } from '@tiptap/pm/state'
import { mayWrite } from './readOnly'
import { safeHref } from './schema/marks'

export type Alignment = 'left' | 'center' | 'right' | 'justify'

const aligned = ['paragraph', 'heading']

/** Left is how text stands by itself, so it is stored as nothing. */
export function align(editor: Editor, where: Alignment): boolean {
  const textAlign = where === 'left' ? null : where
  if (editor.isActive('table')) editor.chain().focus().setCellAttribute('align', where === 'justify' ? null : textAlign).run()
  const chain = editor.chain().focus()
  for (const name of aligned) chain.updateAttributes(name, { textAlign })
  return chain.run()
}

export function alignmentOf(editor: Editor): Alignment {
  const attrs = aligned.map((name) => editor.getAttributes(name)['textAlign'] as Alignment | null)
  return attrs.find(Boolean) ?? 'left'
}

/** A new footnote behind the cursor; gives its position, for its window to open. */
export function addFootnote(editor: Editor): number | null {
  const { state } = editor
  const footnote = state.schema.nodes['footnote']
  const at = state.selection.to
  if (!footnote || !state.doc.resolve(at).parent.inlineContent) return null
  editor.view.dispatch(state.tr.insert(at, footnote.create()).scrollIntoView())
  return at
}

/** The words of the footnote at a position, changed by as little as possible. */
export function writeFootnote(editor: Editor, pos: number, text: string): void {
  const { state } = editor
  const node = state.doc.nodeAt(pos)
  if (node?.type.name !== 'footnote') return
  const before = node.textContent
  if (before === text) return
  const { start, endBefore, endAfter } = difference(before, text)
  const tr = state.tr
  if (endAfter > start) tr.insertText(text.slice(start, endAfter), pos + 1 + start, pos + 1 + endBefore)
  else tr.delete(pos + 1 + start, pos + 1 + endBefore)
  editor.view.dispatch(tr)
}

function difference(before: string, after: string): { start: number; endBefore: number; endAfter: number } {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1
  let tail = 0
  const most = Math.min(before.length, after.length) - start
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1
  return { start, endBefore: before.length - tail, endAfter: after.length - tail }
}

export function removeFootnote(editor: Editor, pos: number): void {
  const node = editor.state.doc.nodeAt(pos)
  if (node?.type.name === 'footnote') editor.chain().deleteRange({ from: pos, to: pos + node.nodeSize }).focus(pos).run()
}

/** Links the selection, or takes the link away. Says whether the address was one that may stand in a document. */
export function link(editor: Editor, address: string): boolean {
  const chain = editor.chain().focus().extendMarkRange('link')
  if (address.trim() === '') return chain.unsetMark('link').run()
  const named = /^[\w.+-]+@[\w.-]+$/.test(address) ? `mailto:${address}` : /^[\w-]+(\.[\w-]+)+/.test(address) ? `https://${address}` : address
  const href = safeHref(named)
  if (!href) return false
  if (!editor.state.selection.empty || editor.isActive('link')) return chain.setMark('link', { href }).run()
  return chain.insertContent({ type: 'text', text: address, marks: [{ type: 'link', attrs: { href } }] }).run()
}

/** What a chosen picture says to those who cannot see it. */
export function describePicture(editor: Editor, alt: string): void {
  if (editor.state.selection instanceof NodeSelection) editor.commands.updateAttributes('image', { alt })
}

/** Whether a press was under the last block of the text. */
export function isBelow(editor: Editor, press: MouseEvent): boolean {
  const last = editor.view.dom.lastElementChild
  return mayWrite(editor) && last !== null && press.clientY > last.getBoundingClientRect().bottom
}

/** Puts the caret behind everything; behind a table or a picture that is a new paragraph. */
export function writeBelow(editor: Editor): void {
  const { doc } = editor.state
  const chain = editor.chain()
  if (!doc.lastChild?.isTextblock) chain.insertContentAt(doc.content.size, { type: 'paragraph' })
  chain.focus('end').run()
}

/** Keys of the marks are their own; this adds what spans several kinds of block. */
export const Writing = Extension.create({
  name: 'writing',
  addKeyboardShortcuts() {
    const key = (where: Alignment) => () => align(this.editor, where)
    return {
      'Mod-Shift-l': key('left'),
      'Mod-Shift-e': key('center'),
      'Mod-Shift-r': key('right'),
      'Mod-Shift-j': key('justify'),
    }
  },
})
