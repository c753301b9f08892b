/**
 * Carets and selections of the others, in the colour of their face. Name and department show while a caret moves and
 * when the mouse is on it; otherwise they would lie over the line above.
 */
import { Extension } from '@tiptap/core'
import { Plugin } from '@tiptap/pm/state'
import type { EditorView } from '@tiptap/pm/view'
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
    return awareness ? [yCursorPlugin(awareness, { cursorBuilder: caret, selectionBuilder: selection }), names(awareness)] : []
  },
})

/** What others tell of themselves is not trusted to have any shape. */
export function presentOf(user: unknown): Present {
  const given = (typeof user === 'object' && user !== null ? user : {}) as Record<string, unknown>
  const text = (name: string) => (typeof given[name] === 'string' ? given[name].slice(0, 80) : '')
  return { id: text('id'), name: text('name'), department: text('department') }
}

function caret(user: unknown, client: number): HTMLElement {
  const { id, name, department } = presentOf(user)
  const dom = document.createElement('span')
  dom.className = `caret hue-${hueOf(id || name)}`
  dom.dataset['client'] = String(client)
  dom.dataset['person'] = id
  dom.dataset['who'] = department ? `${name}, ${department}` : name
  dom.append('\u2060')
  return dom
}

function selection(user: unknown): Record<string, string> {
  const { id, name } = presentOf(user)
  return { class: `others-selection hue-${hueOf(id || name)}` }
}

const drawn = 80 // milliseconds until a caret that moved is drawn
const shown = 1500 // milliseconds for which its name stays
const widest = 300 // pixels; see paper.css
const letter = 6.5 // pixels, about

interface Moved {
  added: number[]
  updated: number[]
}

function names(awareness: Awareness): Plugin {
  return new Plugin({
    view: (view) => {
      const timers = new Map<number, ReturnType<typeof setTimeout>>()
      const after = (client: number, pause: number, act: () => void): void => {
        clearTimeout(timers.get(client))
        timers.set(client, setTimeout(act, pause))
      }
      const name = (client: number): void => {
        caretOf(view, client)?.classList.add('named')
        turn(view, client)
        after(client, shown, () => caretOf(view, client)?.classList.remove('named'))
      }
      const moved = ({ added, updated }: Moved): void => [...added, ...updated].forEach((client) => after(client, drawn, () => name(client)))
      awareness.on('change', moved)
      return {
        destroy: () => {
          awareness.off('change', moved)
          timers.forEach((timer) => clearTimeout(timer))
        },
      }
    },
  })
}

function caretOf(view: EditorView, client: number): HTMLElement | null {
  return view.dom.querySelector(`.caret[data-client="${client}"]`)
}

/** At the right edge of the sheet the name goes to the left of the caret. */
function turn(view: EditorView, client: number): void {
  const dom = caretOf(view, client)
  if (!dom) return
  const room = (view.dom.closest('.sheet') ?? view.dom).getBoundingClientRect().right - dom.getBoundingClientRect().left
  dom.classList.toggle('turned', room < Math.min(widest, (dom.dataset['who'] ?? '').length * letter + 12))
}
