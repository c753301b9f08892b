/** Past moments of a draft as the history lists them. */
import { clock } from '../dates/wording'

export interface Moment {
  seq: number
  at: string
  until?: string | null
  author?: string | null
  authors?: string[] | null
  edits?: number
}

export const endOf = (moment: Moment): string => moment.until ?? moment.at

/** When each ended, no two alike: where the minute is the same, to the second. */
export function namesOf(moments: readonly Moment[], now: Date): string[] {
  const short = moments.map((moment) => clock(endOf(moment), now))
  return moments.map((moment, n) => (short.filter((one) => one === short[n]).length > 1 ? clock(endOf(moment), now, true) : (short[n] ?? '')))
}
