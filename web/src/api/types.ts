/**
 * The shapes of the API, from the description that the server makes of itself (`npm run types`), under the names of
 * the domain; narrowed where the description only says "string".
 */
import type { components } from './schema'

type Shapes = components['schemas']
type Closer<S, C> = Readonly<Omit<S, keyof C> & C>

export interface Page<T> {
  readonly items: T[]
  readonly next?: string | null
}

export type Role = 'editor' | 'submitter' | 'reviewer' | 'coordinator' | 'head' | 'approver' | 'auditor' | 'administrator'
export type MemberRole = 'editor' | 'submitter' | 'reviewer' | 'signer' | 'reader'
export type DocumentState =
  | 'draft' | 'in_review' | 'settling' | 'ready' | 'signing' | 'signed' | 'handed_over' | 'withdrawn' | 'superseded'
export type VersionKind = 'frozen' | 'final' | 'signed'
export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
export type CommentClass = 'major' | 'recommending' | 'editorial'
export type OpinionKind = 'no_comments' | 'with_comments' | 'with_major_comments' | 'not_competent'
export type SettlementKind = 'accepted' | 'partly' | 'explained' | 'rejected' | 'withdrawn' | 'duplicate'
export type RoundState = 'prepared' | 'open' | 'closed' | 'settling' | 'settled' | 'cancelled'
export type HandoverState = 'ready' | 'offered' | 'received' | 'registered' | 'archived' | 'rejected' | 'withdrawn' | 'failed'
export type Verdict = 'valid' | 'valid_later_signature' | 'modified' | 'broken' | 'stripped' | 'rejected' | 'unsigned'
export type TaskKind =
  | 'open_round' | 'comment' | 'opinion' | 'settle' | 'propose_settlement' | 'confirm_settlement'
  | 'answer' | 'negotiate' | 'decide_dispute' | 'finalise' | 'sign'

export type Department = Readonly<Shapes['DepartmentShape']>
export type Me = Closer<Shapes['Me'], { roles: Role[] }>
/** `departments` are ids. */
export type Person = Closer<Shapes['PersonShape'], { roles: Role[] }>
/** A person as the administration sees it. */
export type Account = Closer<Shapes['Account'], { roles: Role[] }>
export type RegistryClient = Closer<Shapes['ClientShape'], { proof: 'secret' | 'keys' }>
export type Credential = Readonly<Shapes['CredentialShape']>

export type VersionSummary = Closer<Shapes['VersionSummary'], { kind: VersionKind }>
export type Version = Closer<Shapes['VersionShape'], { kind: VersionKind }>
export type DocumentItem = Closer<
  Shapes['DocumentShape'],
  { state: DocumentState; confidentiality: 'internal' | 'confidential'; versions: VersionSummary[] }
>
export type Job<R = unknown, O = unknown> = Closer<Shapes['JobShape'], { state: JobState; outcomes?: O[] | null; result?: R | null }>

/** The content tree has Tiptap's names; its grammar is `/api/v1/schema`. */
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

export type Anchor = Readonly<Shapes['AnchorShape']>
export type Place = Readonly<Shapes['PlaceShape']> | 'orphaned' | 'whole'
export type Reply = Readonly<Shapes['ReplyShape']>
export type Thread = Closer<Shapes['ThreadShape'], { place: Place }>

export type Opinion = Closer<Shapes['OpinionShape'], { kind: OpinionKind }>
export type Consultee = Closer<Shapes['ConsulteeShape'], { opinion?: Opinion | null }>
export type Round = Closer<
  Shapes['RoundShape'],
  { state: RoundState; classes: CommentClass[]; silence: 'deemed' | 'missing'; consultees: Consultee[] }
>
export type Settlement = Closer<Shapes['SettlementShape'], { kind: SettlementKind }>
export type Dispute = Closer<Shapes['DisputeShape'], { state: 'negotiating' | 'escalated' | 'removed' | 'decided' }>
export type Comment = Closer<
  Shapes['CommentShape'],
  {
    class: CommentClass
    state: 'draft' | 'submitted' | 'proposed' | 'settled' | 'disputed' | 'withdrawn'
    place: Place
    settlement?: Settlement | null
    suggestion?: Settlement | null
    settlements: Settlement[]
    dispute?: Dispute | null
  }
>

export type Task = Closer<Shapes['TaskShape'], { kind: TaskKind }>

/** What happened lately; `id` is the number of the fact. */
export type News = Readonly<Shapes['NewsShape']>

/** One fact as it arrives on `/live` and in an audit. */
export interface Fact {
  readonly seq: number
  readonly at: string
  readonly type: string
  readonly document?: string | null
  readonly by?: string | null
  readonly data: Readonly<Record<string, unknown>>
}

/** One document that waits for the person's signature. */
export type DeskItem = Readonly<Shapes['WaitingShape']>
export type SigningOutcome = Readonly<Shapes['OutcomeShape']>
export type Signing = Readonly<Shapes['SigningShape']>

export type VerifiedSignature = Readonly<Shapes['JudgedSignature']>
export type VerifiedChange = Closer<Shapes['FoundChange'], { kind: 'text' | 'page' | 'field' | 'metadata' | 'visual' | 'structure'; box?: [number, number, number, number] | null }>
export type Verification = Closer<Shapes['VerificationShape'], { verdict: Verdict; changes: VerifiedChange[] }>

export type Handover = Closer<Shapes['WatchedShape'], { state: HandoverState }>
