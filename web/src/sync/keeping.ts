/** The way of one room's edits into the browser's own store, and out of it once a server has them. */
import type { Lost, Row } from './kept'
import type { Edit } from './ledger'

/** The browser's own store, as a room needs it. */
export interface Keeper {
  /** Begins to write before it returns. */
  keep(row: Row): Promise<number>
  drop(keys: number[]): Promise<void>
  /** What was left behind by visits that are over. */
  adopt(owner: string): Promise<Row[]>
  noteLost(lost: Lost): Promise<void>
}

export interface Shelf {
  keeper: Keeper
  owner: string
  tab: string
}

export class Keeping {
  readonly #shelf: Shelf
  readonly #told: () => void

  /** `told` is called when an edit has got into the store. */
  constructor(shelf: Shelf, told: () => void) {
    this.#shelf = shelf
    this.#told = told
  }

  /** Puts edits into the store that are not there; one that the store refused is offered again. */
  keep(edits: Edit[], epoch: number): void {
    for (const edit of edits) edit.rows ??= this.#put(edit, epoch)
  }

  async #put(edit: Edit, epoch: number): Promise<number[]> {
    const { keeper, owner, tab } = this.#shelf
    try {
      const key = await keeper.keep({ owner, tab, epoch, update: edit.update })
      edit.kept = true
      this.#told()
      return [key]
    } catch {
      delete edit.rows // a full or forbidden store: the page says that only it has the text
      return []
    }
  }

  /** A server has these edits, or their author has their words. */
  async drop(edits: Edit[]): Promise<void> {
    const rows = await Promise.all(edits.map((edit) => edit.rows ?? []))
    await this.discard(rows.flat())
  }

  /** What stays for want of a store is taken away by the next visit. */
  async discard(keys: number[]): Promise<void> {
    await this.#shelf.keeper.drop(keys).catch(() => undefined)
  }

  async leftBehind(): Promise<Row[]> {
    const { keeper, owner, tab } = this.#shelf
    return (await keeper.adopt(owner).catch(() => [])).filter((row) => row.tab !== tab)
  }

  noteLost(lost: Omit<Lost, 'owner'>): Lost {
    const noted = { ...lost, owner: this.#shelf.owner }
    void this.#shelf.keeper.noteLost(noted).catch(() => undefined) // the page shows it all the same
    return noted
  }

  /** Resolves when the store has answered about all of them. */
  async settled(edits: Edit[]): Promise<void> {
    await Promise.all(edits.map((edit) => edit.rows))
  }
}

export function keysOf(rows: Row[]): number[] {
  return rows.flatMap((row) => row.key ?? [])
}
