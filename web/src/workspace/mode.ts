/** The three ways to look at a document, and which one a person most likely came for. */
import type { DocumentState, Round, Version } from '../api/types'
import { t } from '../messages/workspace'
import type { Rights } from './rights'

export type Mode = 'write' | 'review' | 'compare'

/** The ways that there are, in words: without a version there is only the draft. */
export function modesOf(rights: Rights | undefined, versions: readonly Version[]): { value: Mode; label: string }[] {
  const draft = { value: 'write' as const, label: rights?.edits ? t('mode_write') : t('mode_draft') }
  if (versions.length === 0) return [draft]
  return [draft, { value: 'review', label: t('mode_review') }, { value: 'compare', label: t('mode_compare') }]
}

/** Nothing is being written: what counts is the last version. */
const finished: DocumentState[] = ['signing', 'signed', 'handed_over', 'superseded']

export function modeOf(asked: string | null, state: DocumentState, rights: Rights, round: Round | undefined): Mode {
  if (asked === 'write' || asked === 'review' || asked === 'compare') return asked
  if (finished.includes(state)) return 'review'
  if (rights.edits) return 'write'
  return round && round.state !== 'prepared' ? 'review' : 'write'
}

/** The round that the draft is about: one that led to a finished version is history. */
export function roundOfDraft(round: Round | undefined, state: DocumentState): Round | undefined {
  return round?.state === 'settled' && state !== 'ready' ? undefined : round
}

/** The version that is looked at unless one is asked for: that of the round, or the last once nothing is written. */
export function versionToShow(asked: string | null, state: DocumentState, round: Round | undefined, versions: readonly Version[]): string | null {
  const last = versions.at(-1)?.id ?? null
  return asked ?? (finished.includes(state) ? last : (round?.version ?? last))
}
