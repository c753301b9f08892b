/** What can be done with a submitted comment, as calls. Every one gives the comment as it is then. */
import { post, put } from '../api/client'
import type { Comment, SettlementKind } from '../api/types'
import { toast } from '../components/toasts.svelte'
import { t } from '../messages/settlement'

export interface Settling {
  kind: SettlementKind
  reason?: string | undefined
  wording?: string | undefined
}

export async function settle(comment: Comment, { kind, reason, wording }: Settling): Promise<Comment> {
  const body = { kind, ...(reason ? { reason } : {}), ...(wording ? { wording } : {}) }
  return put<Comment>(`/comments/${comment.id}/settlement`, body, { rev: comment.rev })
}

/** The proposal (or the agreed wording) takes the passage's place in the draft. */
export async function apply(comment: Comment): Promise<void> {
  await post(`/comments/${comment.id}/apply`)
}

export async function acceptAndApply(comment: Comment): Promise<void> {
  await settle(comment, { kind: 'accepted' })
  await apply(comment)
}

export async function answer(comment: Comment, agree: boolean, note: string): Promise<void> {
  await put(`/comments/${comment.id}/answer`, { agree, ...(note ? { note } : {}) }, { rev: comment.rev })
}

export async function escalate(comment: Comment): Promise<void> {
  await post(`/comments/${comment.id}/dispute/escalate`, {})
}

export async function removeDispute(comment: Comment, note: string): Promise<void> {
  await post(`/comments/${comment.id}/dispute/remove`, { note })
}

export async function decide(comment: Comment, result: string, record: string): Promise<void> {
  await post(`/comments/${comment.id}/dispute/decide`, { result, record })
}

export async function withdraw(comment: Comment): Promise<void> {
  await post(`/comments/${comment.id}/withdraw`)
}

/** Whether a settlement is there that a further one may replace; the earlier ones stay readable. */
export function isRevisable(comment: Comment): boolean {
  return comment.settlement != null && comment.state !== 'submitted' && comment.state !== 'proposed' && comment.state !== 'withdrawn'
}

/** Says what became of the comment, with the way back. */
export function tellSettled(comment: Comment, kind: SettlementKind, revise: () => void): void {
  toast(t('settledAs', { number: comment.number, kind: t(`kind_${kind}`) }), { tone: 'good', action: { label: t('resettle'), act: revise } })
}

/** A settlement other than acceptance says why. */
export function needsReason(kind: SettlementKind): boolean {
  return kind !== 'accepted'
}

/** Comments that say the same: equal words, or an equal proposal for an equal passage. */
export function alike(comment: Comment, others: readonly Comment[]): Comment[] {
  const words = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
  const same = (other: Comment): boolean => {
    if (words(other.text) === words(comment.text)) return true
    const samePlace = other.anchor?.block === comment.anchor?.block && other.anchor?.quote === comment.anchor?.quote
    return Boolean(comment.proposal) && samePlace && words(other.proposal ?? '') === words(comment.proposal ?? '')
  }
  return others.filter((other) => other.id !== comment.id && other.state !== 'draft' && other.state !== 'withdrawn' && same(other))
}
