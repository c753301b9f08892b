/**
 * Where this person's edits are: only here, sent, on disk.
 *
 * Pure bookkeeping of one open document. An edit is open until the server says that it is on disk or refuses it.
 * Frames are numbered from 1 on every connection in the order sent; `saved` names how many of the first ones are
 * dealt with, `refused` names one.
 */
export interface Edit {
  update: Uint8Array
  /** Its rows in the browser's own store, from when they are being written. */
  rows?: Promise<number[]>
  /** Whether they are there. */
  kept: boolean
}

export class Ledger {
  #edits = new Set<Edit>()
  #frames = new Map<number, Edit[]>()
  #sent = 0

  /** A new connection begins to count anew; what was under way counts as unsent. */
  begin(): void {
    this.#frames.clear()
    this.#sent = 0
  }

  /** Notes an edit that is not yet sent: one just made, or one of an earlier visit with its rows. */
  add(update: Uint8Array, rows?: number[]): Edit {
    const edit: Edit = rows ? { update, rows: Promise.resolve(rows), kept: true } : { update, kept: false }
    this.#edits.add(edit)
    return edit
  }

  /** Notes one frame that carries these edits (none, when it only answers the handshake). */
  send(edits: Edit[]): number {
    this.#sent += 1
    this.#frames.set(this.#sent, edits)
    return this.#sent
  }

  /** Frames up to the number are dealt with; gives the edits that are on disk by that. */
  saved(upTo: number): Edit[] {
    const numbers = [...this.#frames.keys()].filter((number) => number <= upTo)
    return numbers.flatMap((number) => this.#settle(number))
  }

  /** The frame was not taken; its edits are open no more, its sender decides about them. */
  refused(number: number): Edit[] {
    return this.#settle(number)
  }

  /** The frame was not taken, but may be brought again: its edits stay open. */
  returned(number: number): void {
    this.#frames.delete(number)
  }

  /** Bytes that are not on disk. */
  get size(): number {
    return this.open.reduce((sum, { update }) => sum + update.length, 0)
  }

  /** Everything that is not on disk, in the order made. */
  get open(): Edit[] {
    return [...this.#edits]
  }

  /** Whether every frame of this connection was answered. */
  get settled(): boolean {
    return this.#frames.size === 0
  }

  clear(): void {
    this.#edits.clear()
    this.begin()
  }

  #settle(number: number): Edit[] {
    const edits = (this.#frames.get(number) ?? []).filter((edit) => this.#edits.delete(edit))
    this.#frames.delete(number)
    return edits
  }
}
