/** Hears what an editor tells. */
import type { Editor, EditorEvents } from '@tiptap/core'
import { untrack } from 'svelte'

type Listeners = { [Name in keyof EditorEvents]?: (event: EditorEvents[Name]) => void }

/**
 * Listens until the answer is called.
 *
 * A focused paper that is taken off the page blurs in the midst of Svelte's own work, and tells its listeners so at
 * once. State may be changed there only untracked.
 */
export function listen(editor: Editor, listeners: Listeners): () => void {
  const stops = Object.entries(listeners).map(([name, heard]) => on(editor, name as keyof EditorEvents, heard as (event: never) => void))
  return () => stops.forEach((stop) => stop())
}

function on(editor: Editor, name: keyof EditorEvents, heard: (event: never) => void): () => void {
  const hear = (event: unknown): void => untrack(() => heard(event as never))
  editor.on(name, hear)
  return () => void editor.off(name, hear)
}
