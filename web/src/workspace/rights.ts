/** What the person may do here, as the buttons show it. The server asks its own table again. */
import type { Comment, Consultee, DocumentItem, Me, Role, Round } from '../api/types'
import { isWritten } from './states'

export class Rights {
  readonly #me: Me
  readonly #document: DocumentItem

  constructor(me: Me, document: DocumentItem) {
    this.#me = me
    this.#document = document
  }

  #has(...roles: Role[]): boolean {
    return roles.some((role) => this.#me.roles.includes(role))
  }

  #in(department: string | null | undefined): boolean {
    return this.#me.departments.some(({ id }) => id === department)
  }

  get #headsOwner(): boolean {
    return this.#in(this.#document.department) && this.#has('head')
  }

  get edits(): boolean {
    return this.#document.role === 'editor' || this.#document.role === 'submitter'
  }

  /** Whether comments of the document are settled now, be it as a proposal. */
  get settles(): boolean {
    return this.edits && isWritten(this.#document.state)
  }

  get submits(): boolean {
    return this.#document.role === 'submitter'
  }

  get remarks(): boolean {
    return this.#document.role !== 'reader' || this.#has('editor', 'submitter', 'reviewer', 'coordinator', 'head', 'approver')
  }

  get runsRounds(): boolean {
    return this.submits || this.#headsOwner
  }

  get reopens(): boolean {
    return this.#headsOwner
  }

  get changes(): boolean {
    return this.submits || this.#headsOwner
  }

  get audits(): boolean {
    return this.submits || this.#has('auditor')
  }

  /** Whether the person drafts comments for the consultee. */
  comments(consultee: Consultee): boolean {
    if (consultee.person === this.#me.id || consultee.coordinator === this.#me.id) return true
    return this.#in(consultee.department) && this.#has('reviewer', 'coordinator', 'head')
  }

  /** Whether the person speaks for the consultee: opinions, answers, withdrawals. */
  speaks(consultee: Consultee | undefined): boolean {
    if (!consultee) return false
    if (consultee.person === this.#me.id || consultee.coordinator === this.#me.id) return true
    return this.#in(consultee.department) && this.#has('coordinator', 'head')
  }

  /** Whether the person decides disputes: nobody decides one of the own department's making. */
  get decides(): boolean {
    return this.#has('approver') || this.#headsOwner
  }

  /** Consultees of an open round for whom the person may still comment. */
  places(round: Round | undefined): Consultee[] {
    if (round?.state !== 'open') return []
    return round.consultees.filter((one) => this.comments(one) && (!one.opinion || one.opinion.deemed))
  }

  /** Consultees of an open round whose opinion the person may give now. */
  opining(round: Round | undefined): Consultee[] {
    if (round?.state !== 'open') return []
    return round.consultees.filter((one) => this.speaks(one) && (!one.opinion || one.opinion.deemed))
  }

  owns(comment: Comment): boolean {
    return comment.author === this.#me.id
  }
}

export function consulteeOf(round: Round | undefined, id: string): Consultee | undefined {
  return round?.consultees.find((one) => one.id === id)
}
