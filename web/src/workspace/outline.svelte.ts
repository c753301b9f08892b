/** The outline of the text on the page, and where in it one is reading. */
import type { Editor } from '@tiptap/core'
import { watchOutline, type Outline } from '../editor/outline'

const head = 170 // pixels above which a heading was passed

export class Reading {
  outline = $state.raw<Outline>({ entries: [], under: new Map(), places: new Map() })
  current = $state('')
  #editor: Editor | undefined
  #frame = 0

  /** Follows the text of an editor until the answer is called. */
  attach(editor: Editor): () => void {
    this.#editor = editor
    const end = watchOutline(editor, (next) => (this.outline = next))
    return () => {
      end()
      this.#editor = undefined
    }
  }

  goTo = (block: string): void => {
    const top = this.#topOf(block)
    if (top !== undefined) scrollTo({ top: scrollY + top - 140, behavior: 'smooth' })
    this.current = block
  }

  scrolled = (): void => {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0
      if (!this.#editor) return
      const passed = this.outline.entries.filter(({ id }) => (this.#topOf(id) ?? Infinity) < head)
      this.current = passed.at(-1)?.id ?? this.outline.entries[0]?.id ?? ''
    })
  }

  #topOf(block: string): number | undefined {
    return this.#editor?.view.dom.querySelector(`[data-id="${block}"]`)?.getBoundingClientRect().top
  }
}
