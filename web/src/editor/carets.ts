/** Carets and selections of the others, with name and department, in the colour of their face. */
import { Extension } from '@tiptap/core'
import { yCursorPlugin } from '@tiptap/y-tiptap'
import type { Awareness } from 'y-protocols/awareness'
import { hueOf } from '../components/face'

export interface Present {
  id: string
  name: string
  department: string
}

export interface CaretsOptions {
  awareness: Awareness | null
}

export const Carets = Extension.create<CaretsOptions>({
  name: 'carets',
  priority: 999,
  addOptions: () => ({ awareness: null }),
  addProseMirrorPlugins() {
    const { awareness } = this.options
    return awareness ? [yCursorPlugin(awareness, { cursorBuilder: caret, selectionBuilder: selection })] : []
  },
})

/** What others tell of themselves is not trusted to have any shape. */
export function presentOf(user: unknown): Present {
  const given = (typeof user === 'object' && user !== null ? user : {}) as Record<string, unknown>
  const text = (name: string) => (typeof given[name] === 'string' ? given[name].slice(0, 80) : '')
  return { id: text('id'), name: text('name'), department: text('department') }
}

function caret(user: unknown): HTMLElement {
  const { id, name, department } = presentOf(user)
  const dom = document.createElement('span')
  dom.className = `caret hue-${hueOf(id || name)}`
  dom.dataset['person'] = id
  dom.dataset['who'] = department ? `${name}, ${department}` : name
  dom.append('\u2060')
  return dom
}

function selection(user: unknown): Record<string, string> {
  const { id, name } = presentOf(user)
  return { class: `others-selection hue-${hueOf(id || name)}` }
}
