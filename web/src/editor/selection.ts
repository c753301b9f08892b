/** The selection as the page has it. The editor hears of a new one a task later, which may be after the next key. */
import type { Editor } from '@tiptap/core'
import { TextSelection } from '@tiptap/pm/state'

/** Brings the editor's selection up to what is selected on the page this moment. */
export function catchUpWithSelection(editor: Editor): void {
  const { view } = editor
  const chosen = view.dom.ownerDocument.getSelection()
  if (!chosen?.anchorNode || !chosen.focusNode || !(view.state.selection instanceof TextSelection)) return
  if (!view.dom.contains(chosen.anchorNode) || !view.dom.contains(chosen.focusNode)) return
  const ends = [view.posAtDOM(chosen.anchorNode, chosen.anchorOffset), view.posAtDOM(chosen.focusNode, chosen.focusOffset)]
  editor.commands.setTextSelection({ from: Math.min(...ends), to: Math.max(...ends) })
}
