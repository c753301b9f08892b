/** The carets of one copy on their way to the others, gathered for a moment. */
import { encodeAwarenessUpdate, type Awareness } from 'y-protocols/awareness'
import { awarenessFrame } from './protocol'

const pause = 50

export class Carets {
  readonly #awareness: Awareness
  readonly #post: (frame: Uint8Array) => void
  readonly #moved = new Set<number>()
  #timer: ReturnType<typeof setTimeout> | undefined

  /** What has this `origin` came from the others. */
  constructor(awareness: Awareness, origin: unknown, post: (frame: Uint8Array) => void) {
    this.#awareness = awareness
    this.#post = post
    awareness.on('update', (change: { added: number[]; updated: number[]; removed: number[] }, by: unknown) => {
      if (by !== origin) this.#gather([...change.added, ...change.updated, ...change.removed])
    })
  }

  #gather(clients: number[]): void {
    for (const client of clients) this.#moved.add(client)
    this.#timer ??= setTimeout(() => this.flush(), pause)
  }

  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const clients = [...this.#moved].filter((client) => this.#awareness.meta.has(client))
    this.#moved.clear()
    if (clients.length > 0) this.#post(awarenessFrame(encodeAwarenessUpdate(this.#awareness, clients)))
  }
}
