/** Following a colleague: the page scrolls with that person's caret, until one does something oneself. */
import type { Awareness } from 'y-protocols/awareness'
import { presentOf, type Present } from '../editor/carets'

const settle = 80 // milliseconds until a caret that moved is drawn
const calm = { top: 200, bottom: 0.66 } // the part of the window in which a caret needs no scrolling
const quiet = ['Tab', 'Shift', 'Control', 'Alt', 'Meta', 'Enter', ' ']

export class Following {
  person = $state.raw<Present | null>(null)
  readonly #awareness: () => Awareness
  #timer: ReturnType<typeof setTimeout> | undefined
  #watched: Awareness | undefined

  /** `awareness` gives that of the copy which is open now. */
  constructor(awareness: () => Awareness) {
    this.#awareness = awareness
  }

  /** Follows the person; asked again for the same one, stops. */
  toggle(person: Present): void {
    const same = this.person?.id === person.id
    this.stop()
    if (same) return
    this.person = person
    this.#watched = this.#awareness()
    this.#watched.on('change', this.#moved)
    for (const event of ['wheel', 'touchmove', 'pointerdown'] as const) addEventListener(event, this.#hand, { passive: true })
    addEventListener('keydown', this.#key, true)
    this.#moved()
  }

  stop = (): void => {
    this.person = null
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#watched?.off('change', this.#moved)
    for (const event of ['wheel', 'touchmove', 'pointerdown'] as const) removeEventListener(event, this.#hand)
    removeEventListener('keydown', this.#key, true)
  }

  #moved = (): void => {
    if (!this.#present()) return this.stop()
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#scroll()
    }, settle)
  }

  #present(): boolean {
    return [...(this.#watched?.getStates().values() ?? [])].some((state) => presentOf(state['user']).id === this.person?.id)
  }

  #scroll(): void {
    const caret = document.querySelector(`.paper .caret[data-person="${CSS.escape(this.person?.id ?? '')}"]`)
    const spot = caret?.getBoundingClientRect()
    if (!spot || (spot.top > calm.top && spot.bottom < innerHeight * calm.bottom)) return
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    scrollTo({ top: scrollY + spot.top - innerHeight / 3, behavior: still ? 'instant' : 'smooth' })
  }

  /** A hand on the wheel, the screen or the scroll bar; a press of a button is none. */
  #hand = (event: Event): void => {
    const at = event.target as Element
    if (event.type !== 'pointerdown' || at === document.documentElement || at.closest('.paper')) this.stop()
  }

  #key = (event: KeyboardEvent): void => {
    const typing = (event.target as HTMLElement).isContentEditable
    if (typing || !quiet.includes(event.key)) this.stop()
    if (event.key === 'Escape') event.stopPropagation()
  }
}
