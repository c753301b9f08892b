/** Deadlines that are chosen as a day mean its end by the office's clock. */
import { addWorkingDays, dateOfDay, dayOf, OFFICE_ZONE } from '../dates/days'

const clock = new Intl.DateTimeFormat('en-GB', { timeZone: OFFICE_ZONE, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

/** The last second of a day (`YYYY-MM-DD`) in the office, as a moment in UTC. */
export function endOfDay(date: string): string {
  const asIfUtc = Date.parse(`${date}T23:59:59Z`)
  const [hour = 0, minute = 0] = clock.format(asIfUtc).split(':').map(Number)
  const ahead = (hour * 60 + minute - (23 * 60 + 59) + 1440) % 1440 // the office is at most some hours ahead
  return new Date(asIfUtc - ahead * 60_000).toISOString().replace('.000Z', 'Z')
}

/** The day that comes so many working days from now. */
export function inWorkingDays(count: number, now = new Date()): string {
  return dateOfDay(addWorkingDays(dayOf(now), count))
}
