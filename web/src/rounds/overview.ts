/** What a row and the strip of days say about rounds. */
import type { Consultee, Round } from '../api/types'
import { dayOf, isWorkingDay } from '../dates/days'

export interface Answers {
  readonly done: number
  readonly total: number
  readonly missing: readonly Consultee[]
}

/** Of the mandatory consultees; of all, when none is mandatory. */
export function answersOf(round: Round): Answers {
  const mandatory = round.consultees.filter((consultee) => consultee.mandatory)
  const asked = mandatory.length > 0 ? mandatory : round.consultees
  const missing = asked.filter((consultee) => !consultee.opinion)
  return { done: asked.length - missing.length, total: asked.length, missing }
}

export interface StripDay {
  readonly day: number
  readonly working: boolean
  readonly rounds: readonly Round[]
}

/** Four weeks of days from today on, each with the rounds that end on it. */
export function strip(rounds: readonly Round[], now: Date, length = 28): StripDay[] {
  const today = dayOf(now)
  return Array.from({ length }, (_, index) => {
    const day = today + index
    return { day, working: isWorkingDay(day), rounds: rounds.filter((round) => round.state === 'open' && dayOf(new Date(round.due)) === day) }
  })
}
