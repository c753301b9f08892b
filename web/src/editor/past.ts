/** One's own steps in a draft, kept over changes of view and, in the browser, over a new load of the page. */
import type { Editor } from '@tiptap/core'
import { ySyncPluginKey } from '@tiptap/y-tiptap'
import * as Y from 'yjs'
import { dropPast, keepPast, pastOf, stackOf } from '../sync/past'
import type { Room } from '../sync/room'
import { rootName } from './schema/source'
import { isOwn } from './undoing'

const pause = 250 // milliseconds without a change before the steps are kept

export class OwnSteps {
  /** What is taken back when no step is left; null: nothing. */
  readonly before: () => (() => void) | null
  readonly #room: Room
  readonly #owner: string
  #manager: Y.UndoManager | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #changed = false

  constructor(room: Room, owner: string, before: () => (() => void) | null = () => null) {
    this.before = before
    this.#room = room
    this.#owner = owner
    addEventListener('pagehide', this.#keep)
  }

  /** What a paper takes back with. A new paper for the same copy goes on with the steps of the one before. */
  manager(): Y.UndoManager {
    const { doc, past } = this.#room
    const before = this.#manager?.doc === doc ? this.#manager : undefined
    const made = new Y.UndoManager(doc.getXmlFragment(rootName), {
      trackedOrigins: new Set([ySyncPluginKey]),
      deleteFilter: isOwn,
      captureTransaction: (transaction) => transaction.meta.get('addToHistory') !== false,
    })
    made.undoStack = before?.undoStack ?? stackOf(past?.undo ?? [])
    made.redoStack = before?.redoStack ?? stackOf(past?.redo ?? [])
    for (const event of ['stack-item-added', 'stack-item-updated', 'stack-item-popped'] as const) made.on(event, () => this.#later())
    this.#manager = made
    return made
  }

  /** Everything of this copy is on disk: a good moment to keep the steps. */
  saved(): void {
    if (this.#changed) this.#timer ??= setTimeout(this.#keep, pause)
  }

  /** The text was brought back to another moment: what was done before it is no step from here. */
  clear(shown: Editor | undefined): void {
    this.#manager?.clear()
    shown?.view.dispatch(shown.state.tr) // what the tools offer follows the editor's state
    this.#later()
    if (this.#room.save.light === 'saved') this.saved()
  }

  /** The person has no business here any more. */
  forget(): void {
    clearTimeout(this.#timer)
    void dropPast(this.#owner)
  }

  leave(): void {
    removeEventListener('pagehide', this.#keep)
    this.#keep()
  }

  #later(): void {
    this.#changed = true
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#room.save.light === 'saved') this.saved() // it may have been saved before the step was told
  }

  #keep = (): void => {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const [room, manager] = [this.#room, this.#manager]
    if (!this.#changed || !manager || manager.doc !== room.doc || room.save.light !== 'saved' || room.epoch === null) return
    this.#changed = false
    const stacks = { undo: manager.undoStack, redo: manager.redoStack }
    const kept = stacks.undo.length + stacks.redo.length > 0
    void (kept ? keepPast(pastOf(room.doc, stacks, this.#owner, room.epoch)) : dropPast(this.#owner))
  }
}
