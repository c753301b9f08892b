import { beforeEach, expect, test } from 'vitest'
import { setLocale } from '../i18n/locale.svelte'
import { ago, clock, dueTone, dueWords, waitingSince } from './wording'

const monday = new Date('2026-11-23T09:00:00+01:00')

beforeEach(() => setLocale('cs'))

test.each([
  ['2026-11-23T16:00:00+01:00', 'dnes do 16:00'],
  ['2026-11-24T16:00:00+01:00', 'zítra do 16:00'],
  ['2026-11-27T16:00:00+01:00', 'do pátku, 4 dny'],
  ['2026-12-01T16:00:00+01:00', 'do 1. 12.'],
  ['2027-01-05T16:00:00+01:00', 'do 5. 1. 2027'],
  ['2026-11-23T08:00:00+01:00', 'dnes v 8:00, po termínu'],
  ['2026-11-22T16:00:00+01:00', 'včera, po termínu'],
  ['2026-11-18T16:00:00+01:00', '5 dní po termínu'],
])('a deadline at %s is said as "%s"', (due, words) => {
  expect(plain(dueWords(due, monday, 'short'))).toBe(words)
})

test('in full a deadline names the day, the date and the working days left', () => {
  expect(plain(dueWords('2026-11-27T16:00:00+01:00', monday, 'full'))).toBe('do pátku 27. 11., zbývají 4 pracovní dny')
  expect(plain(dueWords('2026-12-01T16:00:00+01:00', monday, 'full'))).toBe('do 1. 12., zbývá 6 pracovních dní')
})

test('the same deadline is said in English', () => {
  setLocale('en')
  expect(dueWords('2026-11-27T16:00:00+01:00', monday, 'full')).toBe('by Friday 27/11, 4 working days left')
})

test('a deadline warns two working days ahead and is red afterwards', () => {
  expect(dueTone('2026-11-26T12:00:00+01:00', monday)).toBe('plain')
  expect(dueTone('2026-11-25T12:00:00+01:00', monday)).toBe('wait')
  expect(dueTone('2026-11-23T08:59:00+01:00', monday)).toBe('bad')
})

test('what happened is said the shorter the nearer it is', () => {
  expect(ago('2026-11-23T08:59:40+01:00', monday)).toBe('právě teď')
  expect(ago('2026-11-23T08:40:00+01:00', monday)).toBe('před 20 minutami')
  expect(plain(ago('2026-11-23T07:05:00+01:00', monday))).toBe('dnes 7:05')
  expect(plain(ago('2026-11-22T14:02:00+01:00', monday))).toBe('včera 14:02')
  expect(plain(ago('2026-11-03T14:02:00+01:00', monday))).toBe('3. 11.')
  expect(plain(ago('2025-11-03T14:02:00+01:00', monday))).toBe('3. 11. 2025')
})

/** Dates carry unbreakable spaces. */
function plain(text: string): string {
  return text.replace(/\s/g, ' ')
}

test('a moment of the past is said by the clock, with its date when it was not today', () => {
  expect(plain(clock('2026-11-23T08:02:31+01:00', monday))).toBe('8:02')
  expect(plain(clock('2026-11-23T08:02:31+01:00', monday, true))).toBe('8:02:31')
  expect(plain(clock('2026-11-22T14:02:00+01:00', monday))).toBe('včera 14:02')
  expect(plain(clock('2026-11-05T14:02:00+01:00', monday))).toBe('5. 11. 14:02')
  expect(plain(clock('2025-11-05T14:02:00+01:00', monday))).toBe('5. 11. 2025 14:02')
})

test.each([
  ['2026-11-23T08:57:00+01:00', 'čeká 3 minuty', 'waiting for 3 minutes'],
  ['2026-11-23T07:05:00+01:00', 'čeká od 7:05', 'waiting since 7:05'],
  ['2026-11-22T15:15:00+01:00', 'čeká od včerejška 15:15', 'waiting since yesterday 15:15'],
  ['2026-11-03T14:02:00+01:00', 'čeká od 3. 11.', 'waiting since 03/11'],
])('what has been waiting since %s is said as "%s"', (since, czech, english) => {
  expect(plain(waitingSince(since, monday))).toBe(czech)
  setLocale('en')
  expect(plain(waitingSince(since, monday))).toBe(english)
})
