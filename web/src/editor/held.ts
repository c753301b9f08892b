/** Places in a shared text that are kept while others write in it. */
import type { EditorState } from '@tiptap/pm/state'
import { absolutePositionToRelativePosition, relativePositionToAbsolutePosition } from '@tiptap/y-tiptap'
import type { RelativePosition } from 'yjs'
import { bindingOf } from './ownCaret'

/** A place between blocks, wherever it has got to when it is asked for. */
export function holdPlace(state: EditorState, at: number): (now: EditorState) => number {
  const binding = bindingOf(state)
  const relative = binding && (absolutePositionToRelativePosition(at, binding.type, binding.mapping) as RelativePosition)
  return (now) => {
    const found = relative && relativePositionToAbsolutePosition(binding.doc, binding.type, relative, binding.mapping)
    return Math.min(found ?? at, now.doc.content.size)
  }
}
