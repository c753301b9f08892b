/** The shapes of the API, by the names of the promise in the integrators' guide. */
export interface Page<T> {
  readonly items: T[]
  readonly next?: string | null
}

export type Role = 'editor' | 'submitter' | 'reviewer' | 'coordinator' | 'head' | 'approver' | 'auditor' | 'administrator'
export type MemberRole = 'editor' | 'submitter' | 'reviewer' | 'signer' | 'reader'

export interface Department {
  readonly id: string
  readonly code: string
  readonly name: string
}

export interface Me {
  readonly id: string
  readonly login: string
  readonly name: string
  readonly locale: string
  readonly departments: Department[]
  readonly roles: Role[]
}

export interface Person {
  readonly id: string
  readonly name: string
  /** Ids of departments. */
  readonly departments: string[]
  readonly roles: Role[]
}

export type DocumentState =
  | 'draft' | 'in_review' | 'settling' | 'ready' | 'signing' | 'signed' | 'handed_over' | 'withdrawn' | 'superseded'

export type VersionKind = 'frozen' | 'final' | 'signed'

export interface VersionSummary {
  readonly id: string
  readonly number: string
  readonly kind: VersionKind
  readonly created: string
}

export interface SignatureSummary {
  readonly field?: string
  readonly by: string
  readonly at: string
  readonly level?: string
}

export interface Version extends VersionSummary {
  readonly document: string
  readonly parent?: string | null
  readonly supersedes?: string | null
  readonly supersededBy?: string | null
  readonly contentHash: string
  readonly fileHash?: string | null
  readonly size?: number | null
  readonly by: string
  readonly signatures?: SignatureSummary[] | null
}

export interface DocumentItem {
  readonly id: string
  readonly title: string
  readonly kind: string
  readonly department: string
  readonly matter?: string | null
  readonly confidentiality: 'internal' | 'confidential'
  readonly state: DocumentState
  readonly draft: { readonly version: number; readonly hash: string; readonly words: number }
  readonly versions: VersionSummary[]
  readonly rounds?: string[]
  readonly role: string
  readonly rev: string | number
  readonly created: string
  readonly updated: string
}

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'

export interface Job<R = unknown, O = unknown> {
  readonly id: string
  readonly kind: string
  readonly state: JobState
  readonly done: number
  readonly total: number
  readonly outcomes?: O[] | null
  readonly result?: R | null
  readonly problem?: { readonly code: string; readonly title?: string; readonly detail?: string } | null
}

export interface ContentNode {
  readonly type: string
  readonly attrs?: Readonly<Record<string, unknown>>
  readonly content?: ContentNode[]
  readonly text?: string
  readonly marks?: { readonly type: string; readonly attrs?: Readonly<Record<string, unknown>> }[]
}

export interface Content {
  readonly schema: number
  readonly type: 'doc'
  readonly content: ContentNode[]
}

export interface Anchor {
  readonly version?: string | null
  readonly block: string
  readonly start: number
  readonly end: number
  readonly quote: string
  readonly prefix: string
  readonly suffix: string
}

export type Place = { readonly block: string; readonly start: number; readonly end: number } | 'orphaned' | 'whole'

export interface Reply {
  readonly id: string
  readonly text: string
  readonly author: string
  readonly at: string
}

export interface Thread {
  readonly id: string
  readonly document: string
  readonly anchor?: Anchor | null
  readonly place: Place
  readonly text: string
  readonly author: string
  readonly at: string
  readonly resolved: boolean
  readonly replies: Reply[]
  readonly rev: string | number
}

export type CommentClass = 'major' | 'recommending' | 'editorial'
export type OpinionKind = 'no_comments' | 'with_comments' | 'with_major_comments' | 'not_competent'
export type SettlementKind = 'accepted' | 'partly' | 'explained' | 'rejected' | 'withdrawn' | 'duplicate'
export type RoundState = 'prepared' | 'open' | 'closed' | 'settling' | 'settled' | 'cancelled'

export interface Opinion {
  readonly kind: OpinionKind
  readonly by?: string | null
  readonly at: string
  readonly deemed: boolean
  readonly late: boolean
}

export interface Consultee {
  readonly id: string
  readonly department?: string | null
  readonly person?: string | null
  readonly mandatory: boolean
  readonly coordinator?: string | null
  readonly opinion?: Opinion | null
}

export interface Round {
  readonly id: string
  readonly document: string
  readonly version?: string | null
  readonly number: number
  readonly title?: string | null
  readonly state: RoundState
  readonly due: string
  readonly classes?: CommentClass[]
  readonly silence?: 'deemed' | 'missing'
  readonly consultees: Consultee[]
  readonly comments: { readonly total: number; readonly unsettled: number; readonly disputes: number }
  readonly rev: string | number
}

export interface Comment {
  readonly id: string
  readonly round: string
  readonly number: number
  readonly class: CommentClass
  readonly consultee: string
  readonly author: string
  readonly for?: string | null
  readonly state: string
  readonly anchor?: Anchor | null
  readonly place: Place
  readonly text: string
  readonly justification?: string | null
  readonly proposal?: string | null
  readonly settlement?: { readonly kind: SettlementKind; readonly reason?: string | null; readonly wording?: string | null; readonly by?: string; readonly at?: string } | null
  readonly answer?: { readonly agree: boolean; readonly note?: string | null; readonly by?: string; readonly at?: string } | null
  readonly dispute?: { readonly state: string; readonly level?: string | number | null; readonly result?: string | null; readonly record?: string | null } | null
  readonly rev: string | number
}

/** One fact as it arrives on `/live` and in an audit. */
export interface Fact {
  readonly seq: number
  readonly at: string
  readonly type: string
  readonly document?: string | null
  readonly by?: string | null
  readonly data: Readonly<Record<string, unknown>>
}

/** A person as the administration sees it. */
export interface Account extends Person {
  readonly login: string
  readonly locale: string
  readonly active: boolean
  readonly rev: number
}

export interface RegistryClient {
  readonly id: string
  readonly name: string
  readonly scopes: string[]
  readonly proof: 'secret' | 'keys'
  readonly active: boolean
  readonly created: string
  readonly rev: number
}

export interface Credential {
  readonly id: string
  readonly kind: string
  readonly subject: string
  readonly notAfter: string
  readonly rev?: number
}

export type TaskKind =
  | 'open_round' | 'comment' | 'opinion' | 'settle' | 'propose_settlement' | 'confirm_settlement'
  | 'answer' | 'negotiate' | 'decide_dispute' | 'finalise' | 'sign'

export interface Task {
  readonly id: string
  readonly kind: TaskKind
  readonly document: string
  /** Of the document. */
  readonly title: string
  readonly since: string
  /** The person who waits for it. */
  readonly waits?: string | null
  readonly until?: string | null
  readonly round?: string | null
  readonly consultee?: string | null
  readonly version?: string | null
  readonly request?: string | null
  readonly count: number
}
