/**
 * All that a document's workspace knows: the document, its versions, rounds, remarks and comments.
 *
 * Facts from `/live` say what has changed; only that is loaded anew.
 */
import { all, get, Problem, Unreachable } from '../api/client'
import type { Comment, DocumentItem, Fact, Round, Thread, Version } from '../api/types'
import { toast } from '../components/toasts.svelte'
import { onFact, onResync, subscribe } from '../live/live.svelte'
import { t } from '../messages/workspace'
import { onResumed } from '../session/session.svelte'

type Part = 'document' | 'versions' | 'rounds' | 'threads' | 'comments'

const affected: [string, Part[]][] = [
  ['thread.', ['threads']],
  ['comment.', ['comments', 'rounds']],
  ['settlement.', ['comments', 'rounds']],
  ['dispute.', ['comments', 'rounds']],
  ['opinion.', ['rounds', 'comments']],
  ['round.', ['document', 'rounds', 'versions', 'comments']],
  ['version.', ['document', 'versions']],
  ['signing.', ['document', 'versions']],
  ['handover.', ['document']],
  ['role.', ['document']],
  ['document.', ['document']],
  ['draft.', ['document']],
]

const gather = 150

export class Work {
  readonly id: string
  document = $state.raw<DocumentItem>()
  versions = $state.raw<Version[]>([])
  rounds = $state.raw<Round[]>([])
  threads = $state.raw<Thread[]>([])
  comments = $state.raw<Comment[]>([])
  failure = $state.raw<unknown>()
  /** Whether the document, its versions and its rounds have been loaded. */
  ready = $state(false)
  #wanted = new Set<Part>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #stops: (() => void)[] = []

  constructor(id: string) {
    this.id = id
  }

  /** The round that matters now: the last that was not called off. */
  get round(): Round | undefined {
    return this.rounds.findLast((round) => round.state !== 'cancelled')
  }

  roundOf(version: string): Round | undefined {
    return this.rounds.findLast((round) => round.version === version && round.state !== 'prepared')
  }

  commentsOf(round: string): Comment[] {
    return this.comments.filter((comment) => comment.round === round)
  }

  version(id: string): Version | undefined {
    return this.versions.find((version) => version.id === id)
  }

  start(): void {
    this.#stops = [subscribe(this.id), onFact('', (fact) => this.#heard(fact)), onResync(() => void this.load()), onResumed(() => void this.load())]
    void this.load()
  }

  stop(): void {
    clearTimeout(this.#timer)
    for (const stop of this.#stops) stop()
  }

  load = async (): Promise<void> => {
    await this.reload('document', 'versions', 'rounds', 'threads')
    this.ready = true
    await this.reload('comments')
  }

  /** Loads parts anew; a failure of the document itself is the page's failure. */
  async reload(...parts: Part[]): Promise<void> {
    if (parts.includes('document')) await this.#loadDocument()
    if (this.failure) return
    const rest = parts.filter((part) => part !== 'document' && part !== 'comments')
    await Promise.all(rest.map((part) => this.#loadPart(part).catch((error: unknown) => this.#failed(part, error))))
    if (parts.includes('comments')) await this.#loadPart('comments').catch((error: unknown) => this.#failed('comments', error))
  }

  async #loadDocument(): Promise<void> {
    try {
      this.document = await get<DocumentItem>(`/documents/${this.id}`)
      this.failure = undefined
    } catch (error) {
      const passes = error instanceof Unreachable || (error instanceof Problem && error.code === 'not_signed_in')
      if (passes && this.document) this.#failed('document', error)
      else this.failure = error
    }
  }

  async #loadPart(part: Part): Promise<void> {
    if (part === 'versions') this.versions = await all<Version>(`/documents/${this.id}/versions`)
    if (part === 'threads') this.threads = await all<Thread>(`/documents/${this.id}/threads`)
    if (part === 'rounds') this.rounds = await this.#loadRounds()
    if (part === 'comments') this.comments = await this.#loadComments()
  }

  async #loadRounds(): Promise<Round[]> {
    const rounds = await all<Round>(`/documents/${this.id}/rounds`)
    return rounds.sort((one, other) => one.number - other.number)
  }

  async #loadComments(): Promise<Comment[]> {
    const lists = await Promise.all(this.rounds.map((round) => all<Comment>(`/rounds/${round.id}/comments`)))
    return lists.flat()
  }

  /** One part that cannot be loaded does not take the page away. */
  #failed(part: Part, error: unknown): void {
    console.warn(`workspace: ${part}`, error)
  }

  #heard(fact: Fact): void {
    if (fact.document !== this.id) return
    if (fact.type === 'draft.mended') toast(t('mended'))
    for (const [prefix, parts] of affected) if (fact.type.startsWith(prefix)) for (const part of parts) this.#wanted.add(part)
    if (this.#wanted.size > 0) this.#timer ??= setTimeout(() => this.#catchUp(), gather)
  }

  #catchUp(): void {
    this.#timer = undefined
    const parts = [...this.#wanted]
    this.#wanted.clear()
    void this.reload(...parts)
  }
}
