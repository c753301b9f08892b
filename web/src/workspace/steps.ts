/** Where a document stands, and the one step that leads on: as words over the paper and as the button of the page. */
import type { DocumentItem, Round, Version } from '../api/types'
import type { IconName } from '../components/icons'
import { t } from '../messages/workspace'
import type { Doing } from './doing'
import type { Mode } from './mode'
import type { Rights } from './rights'
import { inForce, isWritten } from './states'

/** A document as its steps are judged. */
export interface Standing {
  document: DocumentItem
  versions: readonly Version[]
  round: Round | undefined
  rights: Rights
}

export interface Primary {
  label: string
  icon: IconName
  doing: Doing
}

export interface Band {
  tone: 'act' | 'good' | 'wait'
  words: string
  /** Another version to look at instead. */
  show?: Version
}

/** The final version that waits to be signed, and whether the draft still reads so. */
export function finalOf({ document, versions }: Standing): { version: Version; holds: boolean } | null {
  const last = versions.at(-1)
  if (last?.kind !== 'final' || document.state !== 'ready') return null
  return { version: last, holds: last.contentHash === document.draft.hash }
}

/** Why no final version can be made now; `null`: it can. */
export function notFinal(round: Round | undefined): string | null {
  if (!round || round.state === 'cancelled' || round.state === 'settled') return null
  if (round.state === 'prepared' || round.state === 'open') return t('notFinalOpen', { number: round.number })
  const { unsettled, disputes } = round.comments
  if (unsettled > 0) return t('notFinalUnsettled', { n: unsettled })
  return disputes > 0 ? t('notFinalDisputes', { n: disputes }) : t('notFinalSettling', { number: round.number })
}

export function primaryOf(now: Standing): Primary | null {
  const { document, versions, round, rights } = now
  const final = finalOf(now)
  if (final?.holds && rights.submits) return { label: t('sendToSign'), icon: 'sign', doing: { what: 'signing', version: final.version } }
  if (document.state === 'ready' && rights.submits) return { label: t('finalize'), icon: 'check', doing: { what: 'finalize' } }
  if (document.state === 'draft' && rights.runsRounds && round?.state !== 'prepared') return { label: t('round_open'), icon: 'round', doing: { what: 'round_new' } }
  const signed = inForce(versions)
  if (signed && !isWritten(document.state) && document.state !== 'signing' && rights.changes) return { label: t('change'), icon: 'edit', doing: { what: 'change', version: signed } }
  return null
}

/** What is said over the paper. */
export function bandOf(now: Standing, mode: Mode, shown: Version | undefined): Band | null {
  if (mode === 'write') return bandOfDraft(now)
  if (hasAnswered(now, shown)) return { tone: 'good', words: t('opinionIn') }
  const newer = shown?.supersededBy ? now.versions.find((one) => one.id === shown.supersededBy) : undefined
  if (newer) return { tone: 'wait', words: t('supersededBy', { number: newer.number }), show: newer }
  const last = now.versions.at(-1)
  if (shown && shown === inForce(now.versions) && isWritten(now.document.state)) return bandOfForce(now, last === shown ? undefined : last)
  if (shown && last && last !== shown) return { tone: 'wait', words: t('notLast', { number: shown.number, last: last.number }), show: last }
  if (shown?.kind === 'signed') return { tone: 'good', words: t('signedVersion', { number: shown.number }) }
  return bandOfFinal(now)
}

/** The person's department has given its opinion, so nothing more can be said in the open round. */
function hasAnswered({ round, rights }: Standing, shown: Version | undefined): boolean {
  if (round?.state !== 'open' || round.version !== shown?.id) return false
  return round.consultees.some((one) => rights.comments(one)) && rights.places(round).length === 0
}

function bandOfDraft(now: Standing): Band | null {
  const { state } = now.document
  if (isWritten(state)) return bandOfFinal(now) ?? bandOfForce(now, inForce(now.versions))
  if (state === 'signing') return { tone: 'wait', words: t('closed_signing', { number: now.versions.at(-1)?.number ?? '' }) }
  if (state === 'withdrawn' || state === 'superseded') return { tone: 'wait', words: t(`closed_${state}`) }
  return { tone: 'good', words: t('closed_signed') }
}

/** A signed version holds while the next one is being written. */
function bandOfForce({ document, versions }: Standing, show: Version | undefined): Band | null {
  const signed = inForce(versions)
  if (!signed) return null
  return { tone: 'good', words: t('signedMeanwhile', { number: signed.number, next: document.draft.version }), ...(show && { show }) }
}

function bandOfFinal(now: Standing): Band | null {
  const final = finalOf(now)
  if (!final) return null
  const { number } = final.version
  if (!final.holds) return { tone: 'wait', words: t('finalVoid', { number }) }
  return { tone: 'act', words: now.rights.edits ? t('finalReadyMind', { number }) : t('finalReady', { number }) }
}
