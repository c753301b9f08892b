/**
 * The state of saving as it is shown: every keystroke is for a moment only on the page before the browser's store has it,
 * and that is said only when it lasts.
 */
import type { SaveState } from './state'

const patience = 1500

export class Steady {
  readonly #show: (save: SaveState) => void
  #shown: SaveState | undefined
  #latest: SaveState | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(show: (save: SaveState) => void) {
    this.#show = show
  }

  see(save: SaveState): void {
    this.#latest = save
    if (!isUnkept(save)) return this.#settle(save)
    if (this.#shown && isUnkept(this.#shown)) return this.#tell(save)
    this.#tell(this.#meanwhile(save))
    this.#timer ??= setTimeout(() => this.#latest && this.#settle(this.#latest), patience)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** What stands there already, or nothing about where the text is. */
  #meanwhile(save: Unsaved): SaveState {
    const shown = this.#shown
    const same = shown?.light === 'unsaved' && shown.reason === save.reason
    return same ? shown : { ...save, waiting: false }
  }

  #settle(save: SaveState): void {
    this.stop()
    this.#tell(save)
  }

  #tell(save: SaveState): void {
    this.#shown = save
    this.#show(save)
  }
}

type Unsaved = Extract<SaveState, { light: 'unsaved' }>

function isUnkept(save: SaveState): save is Unsaved {
  return save.light === 'unsaved' && save.waiting && !save.kept
}
