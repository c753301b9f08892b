/** What the settlement table shows of a round, and which line the keyboard is on. */
import { all, get } from '../api/client'
import type { Comment, CommentClass, Content, DocumentItem, Round, Version } from '../api/types'
import { onFact, onResync, subscribe } from '../live/live.svelte'
import { citationsOf } from './places'

export type View = 'open' | 'disputes' | 'all'

export class Table {
  round = $state.raw<Round>()
  document = $state.raw<DocumentItem>()
  version = $state.raw<Version>()
  comments = $state.raw<Comment[]>([])
  places = $state.raw<ReadonlyMap<string, string>>(new Map())
  failure = $state.raw<unknown>()
  loaded = $state(false)
  view = $state<View>('open')
  class = $state<CommentClass | ''>('')
  consultee = $state('')
  current = $state<string | null>(null)
  /** Lines just settled stay in the open view until it is left, so that nothing jumps away under the hand. */
  #kept = $state.raw<ReadonlySet<string>>(new Set())
  readonly #id: string
  #stops: (() => void)[] = []
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(id: string, view: View = 'open') {
    this.#id = id
    this.view = view
  }

  /** Submitted ones, in the order of their numbers. */
  get submitted(): Comment[] {
    return this.comments.filter(({ state }) => state !== 'draft').sort((one, other) => one.number - other.number)
  }

  get open(): Comment[] {
    return this.submitted.filter((one) => isOpen(one))
  }

  get disputes(): Comment[] {
    return this.submitted.filter(({ state }) => state === 'disputed')
  }

  /** Settled ones of those that want a settlement. */
  get done(): number {
    return this.submitted.length - this.open.length
  }

  get rows(): Comment[] {
    return this.submitted.filter((one) => this.#inView(one) && this.#fits(one))
  }

  #inView(one: Comment): boolean {
    if (this.view === 'all') return true
    if (this.view === 'disputes') return one.state === 'disputed' || (Boolean(one.dispute) && this.#kept.has(one.id))
    return isOpen(one) || this.#kept.has(one.id)
  }

  #fits(one: Comment): boolean {
    return (!this.class || one.class === this.class) && (!this.consultee || one.consultee === this.consultee)
  }

  show(view: View): void {
    this.view = view
    this.#kept = new Set()
  }

  keep(ids: readonly string[]): void {
    this.#kept = new Set([...this.#kept, ...ids])
  }

  /** The line `by` steps further. */
  step(by: number): void {
    const { rows } = this
    const at = rows.findIndex(({ id }) => id === this.current)
    this.current = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))]?.id ?? null
  }

  start(): void {
    void this.load()
    const soon = (): void => void (this.#timer ??= setTimeout(() => ((this.#timer = undefined), void this.reload()), 150))
    const watch = ['comment.', 'settlement.', 'dispute.', 'opinion.', 'round.'].map((prefix) => onFact(prefix, soon))
    this.#stops = [...watch, onResync(() => void this.load())]
  }

  stop(): void {
    clearTimeout(this.#timer)
    for (const stop of this.#stops) stop()
  }

  load = async (): Promise<void> => {
    try {
      await this.reload()
      const round = this.round
      if (!round) return
      this.document = await get<DocumentItem>(`/documents/${round.document}`)
      if (this.#stops.length > 0) this.#stops.push(subscribe(round.document))
      if (round.version) await this.#loadVersion(round.version)
      this.failure = undefined
      if (this.rows.length === 0) this.view = 'all'
      this.current = this.rows[0]?.id ?? null
    } catch (error) {
      this.failure = error
    }
    this.loaded = true
  }

  async #loadVersion(id: string): Promise<void> {
    const [version, content] = await Promise.all([get<Version>(`/versions/${id}`), get<Content>(`/versions/${id}/content`, { query: { format: 'json' } })])
    this.version = version
    this.places = citationsOf(content)
  }

  reload = async (): Promise<void> => {
    const [round, comments] = await Promise.all([get<Round>(`/rounds/${this.#id}`), all<Comment>(`/rounds/${this.#id}/comments`)])
    this.round = round
    this.comments = comments
  }
}

/** Something is still to be done with it. */
export function isOpen({ state, awaitsAnswer }: Comment): boolean {
  return state === 'submitted' || state === 'proposed' || state === 'disputed' || awaitsAnswer
}
