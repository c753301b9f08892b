/** The room of a draft as the page sees it: what is saved, who is here, what could not be taken. */
import type { Awareness } from 'y-protocols/awareness'
import type { Doc } from 'yjs'
import { presentOf, type Present } from '../editor/carets'
import { t } from '../messages/workspace'
import { enterRoom } from '../sync/enter'
import { forget, lostTexts, ownerOf, type Lost } from '../sync/kept'
import type { Room } from '../sync/room'
import type { SaveState } from '../sync/state'

export class Draft {
  save = $state.raw<SaveState>({ light: 'opening' })
  role = $state<string | null>(null)
  synced = $state(false)
  /** The person's copy; another one after a copy had to be left. */
  doc = $state.raw<Doc>()
  people = $state.raw<Present[]>([])
  lost = $state.raw<Lost[]>([])
  readonly room: Room
  readonly #owner: string
  #watched: Awareness | undefined

  constructor(document: string, self: Present) {
    this.#owner = ownerOf(self.id, document)
    this.room = enterRoom(document, self.id, (room) => this.#changed(room), (lost) => void this.#lose(lost))
    this.room.awareness.setLocalStateField('user', self)
    this.#changed(this.room)
    void this.#readLost()
  }

  get mayWrite(): boolean {
    return this.role === 'editor' || this.role === 'submitter'
  }

  /** What to say to who leaves now. */
  get warning(): string | undefined {
    if (this.save.light !== 'unsaved' || !this.save.waiting) return undefined
    return t(this.save.kept ? 'leaveUnsaved' : 'leaveUnkept')
  }

  leave(): void {
    this.#watched?.off('change', this.#present)
    this.room.close()
  }

  /** The person has seen the text that could not be taken and wants it no more. */
  async dismiss(lost: Lost): Promise<void> {
    this.lost = this.lost.filter((one) => one !== lost)
    if (lost.key !== undefined) await forget(lost.key)
  }

  async #readLost(): Promise<void> {
    this.lost = await lostTexts(this.#owner).catch(() => this.lost)
  }

  /** Shown in any case, also when the store did not take it. */
  async #lose(lost: Lost): Promise<void> {
    await this.#readLost()
    if (!this.lost.some((one) => one.at === lost.at)) this.lost = [...this.lost, lost]
  }

  #changed(room: Room): void {
    this.save = room.save
    this.role = room.role
    this.synced = room.synced
    this.doc = room.doc
    if (this.#watched === room.awareness) return
    this.#watched?.off('change', this.#present)
    this.#watched = room.awareness
    this.#watched.on('change', this.#present)
    this.#present()
  }

  /** One face per person, however many windows she has open; she herself is not shown. */
  #present = (): void => {
    const awareness = this.room.awareness
    const self = presentOf(awareness.getLocalState()?.['user']).id
    const found = new Map<string, Present>()
    for (const state of awareness.getStates().values()) {
      const one = presentOf(state['user'])
      if (one.id && one.id !== self) found.set(one.id, one)
    }
    this.people = [...found.values()]
  }
}
