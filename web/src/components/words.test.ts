import { beforeEach, expect, test } from 'vitest'
import { Problem, Unreachable } from '../api/problem'
import { setLocale } from '../i18n/locale.svelte'
import { hueOf, initials, surname } from './face'
import { describe as told, sentence } from './failure'
import { pace } from './pace'
import { sizeWords } from './sizes'

beforeEach(() => setLocale('cs'))

test('initials leave academic titles out', () => {
  expect(initials('Ing. Eva Nováková')).toBe('EN')
  expect(initials('Bc. Pavlína Šťastná-Procházková, MBA')).toBe('PŠ')
  expect(initials('Cher')).toBe('CH')
})

test('people are sorted by their surname, not by their title', () => {
  expect(surname('Bc. Pavlína Šťastná-Procházková, MBA')).toBe('Šťastná-Procházková')
})

test('a person keeps her colour', () => {
  expect(hueOf('01J')).toBe(hueOf('01J'))
  expect(hueOf('01J')).toBeLessThan(8)
})

test('a lost connection says that nothing is lost', () => {
  expect(told(new Unreachable(undefined)).detail).toContain('Nic se neztratilo')
})

test('a refusal is told in the server’s words', () => {
  expect(sentence(new Problem({ status: 409, code: 'wrong_state', title: 'Teď ne', detail: 'Kolo už je uzavřené.' }))).toBe('Kolo už je uzavřené.')
})

test('a change by somebody else is explained', () => {
  expect(told(new Problem({ status: 412, code: 'changed_meanwhile', title: '', detail: '' })).title).toBe('Mezitím to změnil někdo jiný.')
})

test('pace waits until there is something to measure', () => {
  expect(pace(0, 48, 2000)).toBeUndefined()
  expect(pace(10, 48, 100)).toBeUndefined()
  expect(pace(20, 40, 1000)).toEqual({ perSecond: 20, secondsLeft: 1 })
})

test('sizes are said in the unit that fits', () => {
  expect(sizeWords(812)).toBe('812 B')
  expect(sizeWords(148_200)).toBe('148 kB')
  expect(sizeWords(2_450_000).replace(/\s/g, ' ')).toBe('2,5 MB')
})
