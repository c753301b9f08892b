/** The three ways to look at a document, and which one a person most likely came for. */
import type { Round } from '../api/types'
import type { Rights } from './rights'

export type Mode = 'write' | 'review' | 'compare'

export function modeOf(asked: string | null, rights: Rights, round: Round | undefined): Mode {
  if (asked === 'write' || asked === 'review' || asked === 'compare') return asked
  if (rights.edits) return 'write'
  return round && round.state !== 'prepared' ? 'review' : 'write'
}
