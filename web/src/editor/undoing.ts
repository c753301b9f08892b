/** What one press of Ctrl+Z takes back. */
import type { EditorState } from '@tiptap/pm/state'
import { yUndoPluginKey } from '@tiptap/y-tiptap'
import type { UndoManager } from 'yjs'

/** What comes next is a step of its own, however soon after what was typed it comes. */
export function beginStep(state: EditorState): void {
  const undo = yUndoPluginKey.getState(state) as { undoManager: UndoManager } | undefined
  undo?.undoManager.stopCapturing()
}
