/**
 * The act of signing many documents: started once, followed wherever the person goes, found again after a reload.
 *
 * One act at a time; it is remembered for this tab until its result is put away.
 */
import { get, Problem } from '../api/client'
import { followJob } from '../api/jobs'
import type { DeskItem, SigningOutcome } from '../api/types'
import { startSigning, type SigningJob } from './start'

export type ItemState = 'waiting' | 'signing' | SigningOutcome['result']

interface Kept {
  readonly job: string
  readonly items: readonly DeskItem[]
  readonly since: number
}

const KEY = 'paraph.signing'

class SigningAct {
  items = $state.raw<readonly DeskItem[]>([])
  job = $state.raw<SigningJob>()
  since = $state(0)
  failure = $state.raw<unknown>()
  readonly #outcomes = $derived(new Map((this.job?.outcomes ?? []).map((outcome) => [outcome.request, outcome])))

  get started(): boolean {
    return this.items.length > 0
  }
  get running(): boolean {
    return this.started && !this.failure && (this.job === undefined || this.job.state === 'queued' || this.job.state === 'running')
  }
  get done(): number {
    return this.job?.done ?? 0
  }
  get signed(): number {
    return this.#count('signed')
  }
  /** What should be tried again. */
  get unsigned(): DeskItem[] {
    return this.running ? [] : this.items.filter((item) => this.stateOf(item.request) !== 'signed' && this.stateOf(item.request) !== 'refused')
  }
  get failed(): number {
    return this.#count('failed') + this.#count('skipped')
  }

  outcome(request: string): SigningOutcome | undefined {
    return this.#outcomes.get(request)
  }
  has(request: string): boolean {
    return this.items.some((item) => item.request === request)
  }
  stateOf(request: string): ItemState {
    const known = this.#outcomes.get(request)
    if (known) return known.result
    if (!this.running) return 'failed'
    return this.items.find((item) => !this.#outcomes.has(item.request))?.request === request ? 'signing' : 'waiting'
  }

  /** Throws what the server answers before anything is signed, such as a wrong PIN. */
  async start(items: readonly DeskItem[], credential: string, pin: string): Promise<void> {
    const job = await startSigning(
      items.map((item) => item.request),
      credential,
      pin,
    )
    this.items = items
    this.job = job
    this.since = Date.now()
    this.failure = undefined
    keep({ job: job.id, items, since: this.since })
    void this.#follow(job.id)
  }

  /** Goes on with what was running before the page was loaded anew. */
  async restore(): Promise<void> {
    const kept = this.started ? undefined : read()
    if (!kept) return
    try {
      this.job = await get<SigningJob>(`/jobs/${kept.job}`)
    } catch (error) {
      if (error instanceof Problem) forget()
      return
    }
    this.items = kept.items
    this.since = kept.since
    if (this.running) void this.#follow(kept.job)
  }

  putAway(): void {
    this.items = []
    this.job = undefined
    this.failure = undefined
    forget()
  }

  async #follow(id: string): Promise<void> {
    try {
      await followJob<unknown, SigningOutcome>(id, (job) => (this.job = job))
    } catch (error) {
      this.failure = error
    }
  }

  #count(result: SigningOutcome['result']): number {
    return this.items.filter((item) => this.#outcomes.get(item.request)?.result === result).length
  }
}

export const act = new SigningAct()

function keep(kept: Kept): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept))
  } catch {
    // storage is forbidden: the act is lost from sight after a reload, not on the server
  }
}

function read(): Kept | undefined {
  try {
    const text = sessionStorage.getItem(KEY)
    return text ? (JSON.parse(text) as Kept) : undefined
  } catch {
    return undefined
  }
}

function forget(): void {
  try {
    sessionStorage.removeItem(KEY)
  } catch {
    // nothing was kept
  }
}
