/**
 * One open draft: the person's copy, kept equal to the server's over `/sync` with `paraph.1`.
 *
 * "Saved" is what the server reported as on disk. What is not stays in the browser's own store until it is; what the
 * server refuses is given back to its author as text. A copy that cannot go on (another epoch, a refused edit) is
 * left for a fresh one: `doc` changes, and `changed` is told.
 */
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { Carets } from './carets'
import { Keeping, keysOf, type Shelf } from './keeping'
import type { Lost, Row } from './kept'
import { Ledger, type Edit } from './ledger'
import { Line } from './line'
import { merge, mergeLate } from './overtaken'
import { recall, type Past } from './past'
import { awarenessFrame, read, updateFrame, vectorFrame, wholeFrame, type Incoming } from './protocol'
import { mayReturn, passing, saveState, storageFails, troubleOf, type Reason, type SaveState } from './state'
import { wordsOf } from './words'

export interface RoomOptions extends Shelf {
  url: string
  /** Told after every change of `doc`, `role`, `save`. */
  changed: () => void
  /** Told when text could not be taken. */
  lost: (lost: Lost) => void
  /** Told when the room is left for good and everything unsaved is in the store. */
  left?: () => void
  connect?: (url: string) => WebSocket
}

const writers = ['editor', 'submitter']
const mostWaiting = 128 * 1024
const empty = Y.encodeStateAsUpdate(new Y.Doc())

export class Room {
  doc = new Y.Doc()
  awareness = new Awareness(this.doc)
  role: string | null = null
  save: SaveState = { light: 'opening' }
  /** What the person did here on an earlier visit; the first copy begins with it. */
  past: Past | null = null

  readonly #options: RoomOptions
  readonly #ledger = new Ledger()
  readonly #keeping: Keeping
  readonly #line: Line
  #epoch: number | null = null
  #live = false
  #synced = false
  #everSynced = false
  #adopting = false
  #trouble: Reason | null = null
  #closed = false
  #carets: Carets

  constructor(options: RoomOptions) {
    this.#options = options
    this.#keeping = new Keeping(options, () => this.save.light === 'unsaved' && this.#told())
    this.#carets = this.#watch()
    this.#line = new Line({
      url: options.url,
      connect: options.connect,
      silent: () => this.#greet(),
      receive: (frame) => this.#receive(frame),
      lost: (code, words) => this.#lostConnection(code, words),
      again: () => this.open(),
    })
    globalThis.addEventListener?.('online', this.#online)
    globalThis.addEventListener?.('offline', this.#offline)
    globalThis.addEventListener?.('pagehide', this.#keepAll)
    globalThis.document?.addEventListener('visibilitychange', this.#keepAll)
  }

  get mayWrite(): boolean {
    return this.role !== null && writers.includes(this.role)
  }

  /** The server's count of restored backups; null before it has said. */
  get epoch(): number | null {
    return this.#epoch
  }

  /** While the server cannot keep anything, only so much is written on. */
  get paused(): boolean {
    return this.#storageFails && this.#ledger.size > mostWaiting
  }

  get synced(): boolean {
    return this.#everSynced
  }

  open(): void {
    if (!this.#closed && this.#line.open()) this.#ledger.begin()
  }

  /** Leaves the room. What is not saved stays in the browser's store and is brought next time. */
  close(): void {
    this.#closed = true
    this.#keepAll()
    globalThis.removeEventListener?.('online', this.#online)
    globalThis.removeEventListener?.('offline', this.#offline)
    globalThis.removeEventListener?.('pagehide', this.#keepAll)
    globalThis.document?.removeEventListener('visibilitychange', this.#keepAll)
    removeAwarenessStates(this.awareness, [this.doc.clientID], 'leaving')
    this.#carets.flush()
    this.#line.close()
    this.awareness.destroy()
    this.doc.destroy()
    void this.#keeping.settled(this.#ledger.open).then(this.#options.left)
  }

  /** Comes back at once instead of after the pause. */
  retry(): void {
    this.#line.recovered()
    if (this.#line.there && this.#storageFails) return this.#line.renew()
    this.#trouble = null
    this.#line.needNotWait()
    this.open()
    this.#told()
  }

  #watch(): Carets {
    this.doc.on('update', this.#edited)
    return new Carets(this.awareness, this, (frame) => this.#line.post(frame))
  }

  #receive(frame: Uint8Array): void {
    let message: Incoming
    try {
      message = read(frame)
    } catch {
      return this.#line.renew(4400)
    }
    this.#handle(message)
    this.#told()
  }

  #handle(message: Incoming): void {
    switch (message.kind) {
      case 'epoch':
        return this.#begin(message.epoch)
      case 'vector':
        return this.#bring(message.vector)
      case 'whole':
      case 'update':
        return this.#take(message.update, message.kind === 'whole')
      case 'awareness':
        return applyAwarenessUpdate(this.awareness, message.update, this)
      case 'query_awareness':
        return this.#showSelf()
      case 'saved':
        return this.#settled(this.#ledger.saved(message.upTo))
      case 'refused':
        return this.#refused(message.number, message.code, message.detail)
      case 'denied':
        return this.#giveBack('not_allowed', message.detail)
      case 'role':
        return this.#assigned(message.role)
    }
  }

  /** The first word of the server. Another epoch than ours: a backup was restored, our copy has no future. */
  #begin(epoch: number): void {
    const restored = this.#epoch !== null && this.#epoch !== epoch
    this.#epoch = epoch
    if (restored) this.#startAfresh('epoch', '')
    else this.#recall(epoch)
    this.#greet()
  }

  #recall(epoch: number): void {
    if (this.#everSynced || !this.past) return
    if (this.past.epoch === epoch) recall(this.doc, this.past, this)
    else this.past = null
  }

  #greet(): void {
    this.#line.post(vectorFrame(Y.encodeStateVector(this.doc)))
    this.#showSelf()
  }

  /** The server says what it has; it gets everything else, counted as one frame. */
  #bring(vector: Uint8Array): void {
    const open = this.#ledger.open
    const update = open.length > 0 || this.mayWrite ? Y.encodeStateAsUpdate(this.doc, vector) : empty
    this.#ledger.send(open)
    this.#live = true
    this.#line.post(wholeFrame(update))
    this.#line.expectAnswer()
  }

  #take(update: Uint8Array, whole: boolean): void {
    const unsaved = this.#ledger.open.map((edit) => edit.update)
    this.#tellLost('deleted', '', merge(this.doc, update, this, unsaved))
    if (!whole || this.#synced) return
    this.#synced = true
    this.#everSynced = true
    if (!this.#storageFails) this.#trouble = null
    void this.#adopt()
  }

  /** Edits of earlier visits that never reached the server are brought now, as one. Until then all is not saved. */
  async #adopt(): Promise<void> {
    this.#adopting = true
    const rows = await this.#keeping.leftBehind()
    if (this.#closed) return
    const barred = this.role !== null && !this.mayWrite
    const fits = (row: Row): boolean => !barred && row.epoch === this.#epoch
    this.#bringOn(rows.filter(fits))
    this.#giveUp(rows.filter((row) => !fits(row)), barred ? 'not_allowed' : 'epoch')
    this.#adopting = false
    this.#told()
  }

  #bringOn(rows: Row[]): void {
    if (rows.length === 0) return
    const update = Y.mergeUpdates(rows.map((row) => row.update))
    const late = mergeLate(this.doc, update, this)
    this.#send(this.#ledger.add(update, keysOf(rows)))
    this.#tellLost('deleted', '', wordsOf([update], late))
  }

  #giveUp(rows: Row[], code: string): void {
    this.#tellLost(code, '', wordsOf(rows.map((row) => row.update)))
    void this.#keeping.discard(keysOf(rows))
  }

  #assigned(role: string): void {
    this.role = role
    if (role === '') this.#trouble = 'not_allowed'
  }

  #edited = (update: Uint8Array, origin: unknown): void => {
    if (origin === this || (this.role !== null && !this.mayWrite)) return
    const edit = this.#ledger.add(update)
    this.#keeping.keep([edit], this.#epoch ?? 0)
    this.#send(edit)
    this.#told()
  }

  /** What cannot be sent now goes with the next greeting. */
  #send(edit: Edit): void {
    if (!this.#live) return
    this.#ledger.send([edit])
    this.#line.post(updateFrame(edit.update))
    this.#line.expectAnswer()
  }

  /** Everything is in the browser's store as soon as it is written; what the store refused is offered again. */
  #keepAll = (): void => this.#keeping.keep(this.#ledger.open, this.#epoch ?? 0)

  #settled(edits: Edit[]): void {
    this.#answered()
    if (this.#ledger.settled && this.#ledger.open.length === 0) this.#recovered()
    void this.#keeping.drop(edits)
  }

  /** With every answer the time for the next one begins. */
  #answered(): void {
    this.#line.answered()
    if (!this.#ledger.settled) this.#line.expectAnswer()
  }

  get #storageFails(): boolean {
    return this.#trouble === 'slow_down' || storageFails(this.#trouble)
  }

  #recovered(): void {
    this.#line.recovered()
    if (this.#storageFails) this.#trouble = null
  }

  #refused(number: number, code: Parameters<typeof passing>[0], detail: string): void {
    const later = passing(code, detail)
    if (later) return this.#bringLater(number, later)
    const edits = this.#ledger.open
    this.#ledger.refused(number)
    this.#answered()
    if (edits.length === 0) return
    this.#startAfresh(code, detail, edits)
    this.#line.renew()
  }

  /** While storage fails the server stays, and asks for everything when it is back; it may have forgotten. */
  #bringLater(number: number, reason: Reason): void {
    this.#trouble = reason
    this.#ledger.returned(number)
    this.#answered()
    if (!storageFails(reason)) return this.#line.renew()
    this.#line.renewLater()
  }

  #giveBack(code: string, detail: string): void {
    if (this.#ledger.open.length > 0) this.#startAfresh(code, detail)
  }

  /** Leaves this copy for an empty one; its unsaved words are handed to the person. */
  #startAfresh(code: string, detail: string, edits = this.#ledger.open): void {
    this.#ledger.clear()
    this.#tellLost(code, detail, wordsOf(edits.map((edit) => edit.update)))
    void this.#keeping.drop(edits)
    const self = this.awareness.getLocalState()
    this.doc.off('update', this.#edited)
    this.awareness.destroy()
    this.doc.destroy()
    this.past = null
    this.doc = new Y.Doc()
    this.awareness = new Awareness(this.doc)
    this.awareness.setLocalState(self)
    this.#live = this.#synced = this.#everSynced = false
    this.#carets = this.#watch()
  }

  #tellLost(code: string, detail: string, text: string): void {
    if (text === '') return
    const why = code === 'not_allowed' && this.role !== null && !this.mayWrite ? 'role' : code
    this.#options.lost(this.#keeping.noteLost({ at: new Date().toISOString(), code: why, detail, text }))
  }

  #lostConnection(code: number, words: string): void {
    this.#live = this.#synced = false
    this.#trouble = troubleOf(code, words) ?? (code === 1012 ? 'restarting' : this.#trouble)
    const others = [...this.awareness.getStates().keys()].filter((client) => client !== this.doc.clientID)
    if (!this.#closed) removeAwarenessStates(this.awareness, others, this)
    if (code === 1009) this.#tooLarge()
    this.#keepAll()
    if (!this.#closed && mayReturn(this.#trouble)) this.#line.returnLater()
    this.#told()
  }

  /** The server hung up on one edit that is too large; everything before it is safe over there. */
  #tooLarge(): void {
    this.#trouble = null
    this.#startAfresh('too_large', '')
  }

  #online = (): void => {
    if (!this.#line.there && mayReturn(this.#trouble)) this.retry()
  }

  #offline = (): void => this.#line.cut()

  #showSelf(): void {
    if (this.awareness.getLocalState() === null) return
    this.#line.post(awarenessFrame(encodeAwarenessUpdate(this.awareness, [this.doc.clientID])))
  }

  #told(): void {
    this.save = saveState({
      connected: this.#line.connected,
      synced: this.#synced,
      everSynced: this.#everSynced,
      settled: this.#ledger.settled && !this.#adopting,
      pending: this.#ledger.open.length > 0,
      kept: this.#ledger.open.every((edit) => edit.kept),
      trouble: this.#trouble,
    })
    this.#options.changed()
  }
}
