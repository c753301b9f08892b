/** The room of a draft as the page sees it: what is saved, who is here, what could not be taken. */
import type { Awareness } from 'y-protocols/awareness'
import { untrack } from 'svelte'
import type { Doc } from 'yjs'
import type { MemberRole } from '../api/types'
import { onResumed, signInEnded } from '../session/session.svelte'
import { presentOf, type Present } from '../editor/carets'
import { OwnSteps } from '../editor/past'
import { reached } from '../live/live.svelte'
import { t } from '../messages/workspace'
import { enterRoom } from '../sync/enter'
import { forget, lostTexts, noteLost, ownerOf, type Lost } from '../sync/kept'
import type { Room } from '../sync/room'
import type { SaveState } from '../sync/state'
import { Steady } from '../sync/steady'
import { wayBack } from './restoring.svelte'

const rest = 500 // milliseconds without a change

export class Draft {
  save = $state.raw<SaveState>({ light: 'opening' })
  role = $state<string | null>(null)
  /** The role that took writing away from under the person's hands, until she has put the news away. */
  demoted = $state<MemberRole | null>(null)
  synced = $state(false)
  /** Writing has to wait until storage keeps what is written already. */
  paused = $state(false)
  /** The person's copy on the page; another one, once it is there, after a copy had to be left. */
  doc = $state.raw<Doc>()
  #left = $state(false)
  readonly #steady = new Steady((save) => (this.save = save))
  #heard = false
  #held = false
  people = $state.raw<Present[]>([])
  lost = $state.raw<Lost[]>([])
  /** Counts how often the text has changed and come to rest. */
  edits = $state(0)
  readonly room: Room
  readonly steps: OwnSteps
  readonly #owner: string
  readonly #stopResuming: () => void
  #watched: Awareness | undefined
  #resting: ReturnType<typeof setTimeout> | undefined

  constructor(document: string, self: Present) {
    this.#owner = ownerOf(self.id, document)
    this.room = enterRoom(document, self.id, (room) => this.#changed(room), (lost) => void this.#lose(lost))
    this.steps = new OwnSteps(this.room, this.#owner, wayBack)
    this.room.awareness.setLocalStateField('user', self)
    this.#stopResuming = onResumed(() => this.room.retry())
    this.#changed(this.room)
    void this.#readLost()
  }

  get mayWrite(): boolean {
    return !this.#left && (this.role === 'editor' || this.role === 'submitter')
  }

  /** What to say to who leaves now. */
  get warning(): string | undefined {
    const now = this.room.save
    if (now.light !== 'unsaved' || !now.waiting) return undefined
    return t(now.kept ? 'leaveUnsaved' : 'leaveUnkept')
  }

  /** Whether the page could not be opened again now. */
  get cutOff(): boolean {
    const now = this.room.save
    return now.light === 'unsaved' && (now.reason === 'offline' || now.reason === 'restarting')
  }

  /** Whether the caret stood in the copy that was left, and has not been put into the next one. */
  takeCaret(): boolean {
    const held = this.#held
    this.#held = false
    return held
  }

  leave(): void {
    this.#steady.stop()
    clearTimeout(this.#resting)
    this.#stopResuming()
    this.#watched?.off('change', this.#present)
    this.steps.leave()
    this.room.close()
  }

  /** The person has seen the text that could not be taken and wants it no more. */
  async dismiss(lost: Lost): Promise<void> {
    this.lost = this.lost.filter((one) => one !== lost)
    if (lost.key !== undefined) await forget(lost.key)
  }

  /** The text was put away by mistake. */
  async keep({ key: _, ...lost }: Lost): Promise<void> {
    await noteLost(lost).catch(() => undefined)
    await this.#lose(lost)
  }

  async #readLost(): Promise<void> {
    this.lost = await lostTexts(this.#owner).catch(() => this.lost)
  }

  /** Shown in any case, also when the store did not take it. */
  async #lose(lost: Lost): Promise<void> {
    await this.#readLost()
    if (!this.lost.some((one) => one.at === lost.at && one.text === lost.text)) this.lost = [...this.lost, lost]
  }

  #changed(room: Room): void {
    this.#steady.see(room.save)
    if (room.synced && !this.#heard) reached()
    this.#heard = room.synced
    if (room.role !== this.role) this.#reassigned(room)
    this.synced ||= room.synced
    this.paused = room.paused
    if (room.synced || !this.doc) this.#show(room.doc)
    this.#left = room.doc !== this.doc
    if (room.save.light === 'unsaved' && room.save.reason === 'not_signed_in') signInEnded()
    if (room.save.light === 'saved') this.steps?.saved()
    if (room.save.light === 'unsaved' && ['not_allowed', 'gone'].includes(room.save.reason)) this.steps?.forget()
    if (this.#watched === room.awareness) return
    this.#watched?.off('change', this.#present)
    this.#watched = room.awareness
    this.#watched.on('change', this.#present)
    this.room.doc.on('update', this.#edited)
    this.#present()
  }

  /** The server tells a role after every change of it; only a draft that is closed keeps the role and is told otherwise. */
  #reassigned(room: Room): void {
    const wrote = this.role === 'editor' || this.role === 'submitter'
    this.role = room.role
    if (room.mayWrite) this.demoted = null
    else if (wrote && room.role) this.demoted = room.role as MemberRole
  }

  #show(doc: Doc): void {
    if (this.doc && this.doc !== doc) this.#held = globalThis.document.activeElement?.closest('.paper') !== null
    this.doc = doc
  }

  #edited = (): void => {
    clearTimeout(this.#resting)
    this.#resting = setTimeout(() => (this.edits += 1), rest)
  }

  /** A caret also moves when a focused paper is taken off the page, which is in the midst of Svelte's own work. */
  #present = (): void => untrack(() => this.#meet())

  /** One face per person, however many windows she has open; she herself is not shown. */
  #meet(): void {
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
