/** Text that could not be taken goes into the draft again, as if it were pasted. */
import type { Editor } from '@tiptap/core'
import { Selection } from '@tiptap/pm/state'

/** At the caret; behind everything while the caret has not been put anywhere. Tells whether the draft took it. */
export function putBack(editor: Editor, text: string): boolean {
  const { view } = editor
  const { doc, selection } = view.state
  const untouched = selection.eq(Selection.atStart(doc))
  const at = untouched ? Selection.atEnd(doc) : Selection.near(selection.$to)
  const behind = untouched && at.$from.parent.content.size > 0 ? ' ' : ''
  view.focus()
  view.dispatch(view.state.tr.setSelection(at))
  view.pasteText(behind + text)
  view.dispatch(view.state.tr.scrollIntoView())
  return !view.state.doc.eq(doc)
}
