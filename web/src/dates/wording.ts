/** Moments and deadlines as people say them; times are the office's. */
import { locale, type Locale } from '../i18n/locale.svelte'
import { t } from '../messages/dates'
import { dayOf, OFFICE_ZONE, weekday, workingDaysBetween } from './days'

/** `short` fits a chip: "do pátku, 3 dny"; `full` says all: "do pátku 28. 11., zbývají 3 pracovní dny". */
export type Detail = 'short' | 'full'
export type DueTone = 'bad' | 'wait' | 'plain'

const SOON = 2 // working days
const formats = new Map<string, Intl.DateTimeFormat>()

export function dueTone(due: string, now: Date): DueTone {
  const moment = new Date(due)
  if (moment < now) return 'bad'
  return workingDaysBetween(dayOf(now), dayOf(moment)) <= SOON ? 'wait' : 'plain'
}

export function dueWords(due: string, now: Date, detail: Detail): string {
  const moment = new Date(due)
  const days = dayOf(moment) - dayOf(now)
  if (moment < now) return overdueWords(moment, days)
  if (days === 0) return t('todayBy', { time: timeOf(moment) })
  if (days === 1) return t('tomorrowBy', { time: timeOf(moment) })
  const left = workingDaysBetween(dayOf(now), dayOf(moment))
  if (days < 7) return detail === 'full' ? t('byDayFull', { day: byWeekday(moment), date: shortDate(moment), left: t('workingDaysLeft', { n: left }) }) : t('byDay', { day: byWeekday(moment), left: t('days', { n: days }) })
  return detail === 'full' ? t('byDateFull', { date: dateFor(moment, now), left: t('workingDaysLeft', { n: left }) }) : t('byDate', { date: dateFor(moment, now) })
}

function overdueWords(moment: Date, days: number): string {
  if (days === 0) return t('dueTodayPassed', { time: timeOf(moment) })
  if (days === -1) return t('dueYesterday')
  return t('overdueBy', { n: -days })
}

/** "před 20 minutami", "včera 14:02", "3. 11. 2026". */
export function ago(at: string, now: Date): string {
  const moment = new Date(at)
  const minutes = Math.floor((now.getTime() - moment.getTime()) / 60_000)
  const days = dayOf(now) - dayOf(moment)
  if (minutes < 1) return t('justNow')
  if (minutes < 60) return t('minutesAgo', { n: minutes })
  if (days === 0) return t('todayAt', { time: timeOf(moment) })
  if (days === 1) return t('yesterdayAt', { time: timeOf(moment) })
  return dateFor(moment, now)
}

/** "čeká 20 minut", "čeká od 7:05", "čeká od včerejška 14:02", "čeká od 3. 11.". */
export function waitingSince(at: string, now: Date): string {
  const moment = new Date(at)
  const minutes = Math.floor((now.getTime() - moment.getTime()) / 60_000)
  const days = dayOf(now) - dayOf(moment)
  if (minutes < 1) return t('waitsFromNow')
  if (minutes < 60) return t('waitsMinutes', { n: minutes })
  if (days === 0) return t('waitsToday', { time: timeOf(moment) })
  if (days === 1) return t('waitsYesterday', { time: timeOf(moment) })
  return t('waitsDate', { date: dateFor(moment, now) })
}

/** When something happened, by the clock: "14:02", "včera 14:02", "24. 11. 14:02"; with `seconds`, "14:02:31". */
export function clock(at: string, now: Date, seconds = false): string {
  const moment = new Date(at)
  const days = dayOf(now) - dayOf(moment)
  const time = seconds ? format({ hour: 'numeric', minute: '2-digit', second: '2-digit' }).format(moment) : timeOf(moment)
  if (days === 0) return time
  return days === 1 ? t('yesterdayAt', { time }) : `${dateFor(moment, now)} ${time}`
}

/** Everything there is to say about a moment: weekday, date, time to the second. */
export function exact(at: string): string {
  return format({ weekday: 'long', day: 'numeric', month: 'numeric', year: 'numeric', hour: 'numeric', minute: '2-digit', second: '2-digit' }).format(new Date(at))
}

/** "28. 11. 2026". */
export function longDate(at: string): string {
  return format({ day: 'numeric', month: 'numeric', year: 'numeric' }).format(new Date(at))
}

/** "28. 11. 2026 14:02". */
export function dateAndTime(at: string): string {
  return format({ day: 'numeric', month: 'numeric', year: 'numeric', hour: 'numeric', minute: '2-digit' }).format(new Date(at))
}

export function timeOf(moment: Date): string {
  return format({ hour: 'numeric', minute: '2-digit' }).format(moment)
}

function shortDate(moment: Date): string {
  return format({ day: 'numeric', month: 'numeric' }).format(moment)
}

function dateFor(moment: Date, now: Date): string {
  const sameYear = format({ year: 'numeric' }).format(moment) === format({ year: 'numeric' }).format(now)
  return sameYear ? shortDate(moment) : longDate(moment.toISOString())
}

const BY_WEEKDAY: Record<Locale, readonly string[]> = {
  cs: ['do pondělí', 'do úterý', 'do středy', 'do čtvrtka', 'do pátku', 'do soboty', 'do neděle'],
  en: ['by Monday', 'by Tuesday', 'by Wednesday', 'by Thursday', 'by Friday', 'by Saturday', 'by Sunday'],
}

const SINCE_WEEKDAY: Record<Locale, readonly string[]> = {
  cs: ['Od pondělí', 'Od úterý', 'Od středy', 'Od čtvrtka', 'Od pátku', 'Od soboty', 'Od neděle'],
  en: ['Since Monday', 'Since Tuesday', 'Since Wednesday', 'Since Thursday', 'Since Friday', 'Since Saturday', 'Since Sunday'],
}

/** "Od včera", on a Monday "Od pátku". */
export function sinceWords(day: number, now: Date): string {
  return dayOf(now) - day === 1 ? t('sinceYesterday') : (SINCE_WEEKDAY[locale()][weekday(day) - 1] ?? '')
}

function byWeekday(moment: Date): string {
  return BY_WEEKDAY[locale()][weekday(dayOf(moment)) - 1] ?? ''
}

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const language = locale() === 'cs' ? 'cs-CZ' : 'en-GB'
  const key = language + JSON.stringify(options)
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(language, { ...options, timeZone: OFFICE_ZONE })
  formats.set(key, made)
  return made
}
