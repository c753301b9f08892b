/** What a comment is made of while it is written. */
import type { Comment, CommentClass } from '../api/types'

export interface CommentFields {
  class: CommentClass
  consultee: string
  text: string
  justification: string
  /** `null`: no wording is proposed. */
  proposal: string | null
}

export function fieldsOf(comment: Comment): CommentFields {
  const { class: kind, consultee, text, justification, proposal } = comment
  return { class: kind, consultee, text, justification: justification ?? '', proposal: proposal ?? null }
}

/** The part of a comment's body that may be written and changed. */
export function bodyOf(fields: CommentFields, quote: string): Record<string, string> {
  const { class: kind, text, justification, proposal } = fields
  return {
    class: kind,
    text: text.trim(),
    ...(justification.trim() ? { justification: justification.trim() } : {}),
    ...(proposal !== null && proposal !== quote ? { proposal } : {}),
  }
}
