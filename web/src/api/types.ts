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
  readonly opened?: string | null
  readonly closed?: string | null
  /** Who prepared it. */
  readonly by?: string | null
  readonly classes?: CommentClass[]
  readonly silence?: 'deemed' | 'missing'
  readonly consultees: Consultee[]
  readonly comments: { readonly total: number; readonly unsettled: number; readonly disputes: number }
  readonly rev: string | number
}

export interface Settlement {
  readonly kind: SettlementKind
  readonly reason?: string | null
  readonly wording?: string | null
  readonly version?: string | null
  readonly by: string
  readonly at: string
  readonly confirmed: boolean
  readonly revision: number
}

export interface Dispute {
  readonly state: 'negotiating' | 'escalated' | 'removed' | 'decided'
  readonly level: number
  readonly result?: string | null
  readonly record?: string | null
  readonly note?: string | null
}

export interface Comment {
  readonly id: string
  readonly round: string
  readonly number: number
  readonly class: CommentClass
  readonly consultee: string
  readonly author: string
  readonly for?: string | null
  readonly at: string
  readonly state: 'draft' | 'submitted' | 'proposed' | 'settled' | 'disputed' | 'withdrawn'
  readonly anchor?: Anchor | null
  readonly place: Place
  readonly text: string
  readonly justification?: string | null
  readonly proposal?: string | null
  readonly replies: Reply[]
  readonly settlement?: Settlement | null
  /** An editor's settlement that waits for the submitter. */
  readonly suggestion?: Settlement | null
  readonly awaitsAnswer: boolean
  readonly answer?: { readonly agree: boolean; readonly note?: string | null; readonly by: string; readonly at: string } | null
  readonly dispute?: Dispute | null
  readonly applied?: { readonly by: string; readonly at: string; readonly wording: string } | null
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
  readonly document: { readonly id: string; readonly title: string }
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

export type Verdict = 'valid' | 'valid_later_signature' | 'modified' | 'broken' | 'stripped' | 'rejected' | 'unsigned'

export interface VerifiedSignature {
  readonly field: string
  readonly by: string
  readonly at?: string | null
  readonly level: string
  readonly covers: string
  readonly indication: string
  readonly trusted: boolean
}

export interface VerifiedChange {
  readonly kind: 'text' | 'page' | 'field' | 'metadata' | 'visual' | 'structure'
  readonly page?: number | null
  /** Left, top, right, bottom in points from the upper left corner of the page. */
  readonly box?: [number, number, number, number] | null
  readonly before?: string | null
  readonly after?: string | null
}

export interface Verification {
  readonly verdict: Verdict
  readonly known?: { readonly document: string; readonly version: string; readonly current: boolean; readonly supersededBy?: string | null } | null
  readonly signatures: VerifiedSignature[]
  readonly changes: VerifiedChange[]
  readonly reportUrl?: string | null
}

/** One document that waits for the person's signature. */
export interface DeskItem {
  readonly request: string
  readonly document: string
  readonly title: string
  readonly reference?: string | null
  readonly version: string
  readonly fileHash: string
  readonly pages: number
  readonly since: string
  readonly due?: string | null
}

export interface SigningOutcome {
  readonly request: string
  readonly result: 'signed' | 'refused' | 'failed' | 'skipped'
  readonly version?: string | null
  readonly code?: string | null
  readonly detail?: string | null
}

export type HandoverState = 'ready' | 'offered' | 'received' | 'registered' | 'archived' | 'rejected' | 'withdrawn' | 'failed'

export interface Handover {
  readonly id: string
  readonly document: string
  readonly version: string
  readonly number: string
  readonly title?: string | null
  readonly department: string
  readonly state: HandoverState
  readonly attempt: number
  readonly package?: { readonly sha256: string; readonly size: number; readonly formats: string[] } | null
  readonly reference?: string | null
  readonly registration?: {
    readonly reference: string
    readonly fileMark: string
    readonly retentionSign: 'A' | 'S'
    readonly retentionYears?: number | null
    readonly retentionYear?: number | null
  } | null
  readonly archiveId?: string | null
  readonly trouble?: { readonly code: string; readonly detail: string } | null
  readonly fetches: { readonly at: string; readonly client: string; readonly what: string }[]
  readonly created: string
  readonly updated: string
  readonly rev: number
}
