/** What can be begun on a document: by a menu, by the button of the page, by an address. */
import type { Consultee, DeskItem, Round, Version } from '../api/types'
import type { RoundAct } from './RoundBar.svelte'

export type Doing =
  | { what: 'round_new' }
  | { what: `round_${RoundAct}`; round: Round }
  | { what: 'opinion'; round: Round; consultee: Consultee }
  | { what: 'opinions'; round: Round }
  | { what: 'members' }
  | { what: 'history' }
  | { what: 'trail' }
  | { what: 'finalize' }
  | { what: 'signing'; version: Version }
  | { what: 'sign'; waiting: DeskItem }
  | { what: 'change'; version: Version }
  | { what: 'status_code' }
  | { what: 'rename' }

/** What an address asks to be begun at once; nothing while that is not possible. */
export function asked(what: string | null, round: Round | undefined, opining: readonly Consultee[]): Doing | null {
  if (what === 'finalize') return { what }
  if (what === 'round_open' && round?.state === 'prepared') return { what, round }
  const [consultee] = opining
  return what === 'opinion' && round && consultee ? { what, round, consultee } : null
}
