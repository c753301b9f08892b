/**
 * Calendar days of the office, whose clock is Prague's wherever the browser is.
 *
 * A day is the number of days since 1970-01-01, so that days can be compared and subtracted.
 */
export const OFFICE_ZONE = 'Europe/Prague'

const DAY = 86_400_000
const parts = new Intl.DateTimeFormat('en-CA', { timeZone: OFFICE_ZONE, year: 'numeric', month: '2-digit', day: '2-digit' })

export function dayOf(moment: Date): number {
  return dayOfDate(parts.format(moment))
}

/** The day of a plain date `YYYY-MM-DD`. */
export function dayOfDate(date: string): number {
  return Math.floor(Date.parse(`${date.slice(0, 10)}T00:00:00Z`) / DAY)
}

export function dateOfDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10)
}

/** 1 = Monday … 7 = Sunday. */
export function weekday(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1
}

const FIXED = new Set(['01-01', '05-01', '05-08', '07-05', '07-06', '09-28', '10-28', '11-17', '12-24', '12-25', '12-26'])

/** Czech public holidays by Act 245/2000: the fixed ones, Good Friday and Easter Monday. */
export function isHoliday(day: number): boolean {
  const date = dateOfDay(day)
  if (FIXED.has(date.slice(5))) return true
  const easter = easterSunday(Number(date.slice(0, 4)))
  return day === easter - 2 || day === easter + 1
}

export function isWorkingDay(day: number): boolean {
  return weekday(day) <= 5 && !isHoliday(day)
}

/** Working days after `from` up to and including `to`; none when `to` is not later. */
export function workingDaysBetween(from: number, to: number): number {
  let count = 0
  for (let day = from + 1; day <= to; day += 1) if (isWorkingDay(day)) count += 1
  return count
}

/** The newest working day before `day`. */
export function workingDayBefore(day: number): number {
  let before = day - 1
  while (!isWorkingDay(before)) before -= 1
  return before
}

/** The day that comes `count` working days after `from`. */
export function addWorkingDays(from: number, count: number): number {
  let day = from
  for (let left = count; left > 0; ) {
    day += 1
    if (isWorkingDay(day)) left -= 1
  }
  return day
}

/** Gregorian Easter, by the method of Meeus, Jones and Butcher. */
function easterSunday(year: number): number {
  const golden = year % 19
  const century = Math.floor(year / 100)
  const inCentury = year % 100
  const moonShift = Math.floor((8 * century + 13) / 25)
  const epact = (19 * golden + century - Math.floor(century / 4) - moonShift + 15) % 30
  const weekShift = (32 + 2 * (century % 4) + 2 * Math.floor(inCentury / 4) - epact - (inCentury % 4)) % 7
  const correction = Math.floor((golden + 11 * epact + 22 * weekShift) / 451)
  const sum = epact + weekShift - 7 * correction + 114
  const month = Math.floor(sum / 31)
  return dayOfDate(`${year}-${String(month).padStart(2, '0')}-${String((sum % 31) + 1).padStart(2, '0')}`)
}
