/** What one press of Ctrl+Z takes back. */
import type { CommandProps } from '@tiptap/core'
import Collaboration from '@tiptap/extension-collaboration'
import type { EditorState } from '@tiptap/pm/state'
import { yUndoPluginKey } from '@tiptap/y-tiptap'
import * as Y from 'yjs'

/** What comes next is a step of its own, however soon after what was typed it comes. */
export function beginStep(state: EditorState): void {
  const undo = yUndoPluginKey.getState(state) as { undoManager: Y.UndoManager } | undefined
  undo?.undoManager.stopCapturing()
}

/** The shared document; undo goes on to what came `before` one's own steps. */
export function takingBack(before: () => (() => void) | null): typeof Collaboration {
  return Collaboration.extend({
    addCommands() {
      const own = this.parent?.() ?? {}
      const undo = () => (given: CommandProps) => own.undo?.()(given) || further(given)
      const further = ({ dispatch }: CommandProps): boolean => {
        const back = before()
        if (back && dispatch) back()
        return back !== null
      }
      return { ...own, undo }
    },
  })
}

/**
 * Whether undo may delete it with what the person wrote. Yjs asks from the newest to the oldest: what still holds
 * something then holds a colleague's words, and keeps its id for their sake.
 */
export function isOwn(item: Y.Item): boolean {
  if (item.parentSub === 'id') return false
  if (!(item.content instanceof Y.ContentType)) return true
  const { type } = item.content
  return !(type instanceof Y.XmlText || type instanceof Y.XmlElement) || type.length === 0
}
