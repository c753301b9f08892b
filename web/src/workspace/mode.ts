/** The three ways to look at a document, and which one a person most likely came for. */
import type { DocumentState, Round, Version } from '../api/types'
import type { Rights } from './rights'
import { inForce, isWritten } from './states'

export type Mode = 'write' | 'review' | 'compare'

/** What is looked at. */
export interface View {
  mode: Mode
  version: string | null
}

export function modeOf(asked: string | null | undefined, state: DocumentState, rights: Rights, round: Round | undefined, versions: readonly Version[]): Mode {
  if (asked === 'write' || asked === 'review' || asked === 'compare') return asked
  if (!isWritten(state) && state !== 'withdrawn') return 'review'
  if (rights.edits) return 'write'
  return inForce(versions) || (round && round.state !== 'prepared') ? 'review' : 'write'
}

/** The round that the draft is about: one that led to a finished version is history. */
export function roundOfDraft(round: Round | undefined, state: DocumentState): Round | undefined {
  return round?.state === 'settled' && state !== 'ready' ? undefined : round
}

/** The version that is looked at unless one is asked for: that of the round, the signed one that holds, or the last. */
export function versionToShow(asked: string | null | undefined, state: DocumentState, round: Round | undefined, versions: readonly Version[]): string | null {
  if (asked) return asked
  const last = versions.at(-1)?.id ?? null
  if (!isWritten(state) && state !== 'withdrawn') return last
  const holds = isWritten(state) ? inForce(versions)?.id : undefined
  return roundOfDraft(round, state)?.version ?? holds ?? round?.version ?? last
}
