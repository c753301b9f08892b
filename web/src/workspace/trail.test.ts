import { beforeEach, expect, test } from 'vitest'
import { setLocale } from '../i18n/locale.svelte'
import { aboutFact, csvOf, whoseFact, type Recorded } from './trail'

beforeEach(() => setLocale('en'))

const fact = (type: string, data: Record<string, unknown>, by: string | null = null): Recorded => ({ seq: 7, at: '2026-11-27T08:00:00Z', type, by, data, hash: 'ab' })

test('a fact says what it is about', () => {
  expect(aboutFact(fact('document.state', { state: 'signed' }))).toBe('signed')
  expect(aboutFact(fact('round.opened', { number: 2 }))).toBe('Round 2')
  expect(aboutFact(fact('settlement.set', { number: 4, kind: 'accepted' }))).toContain('accepted')
  expect(aboutFact(fact('handover.registered', { reference: 'KUPK/1' }))).toBe('KUPK/1')
})

test('the act of a registry is told by its name, not as the system’s', () => {
  expect(whoseFact(fact('handover.received', { client: 'Spisovka' }))).toContain('Spisovka')
  expect(whoseFact(fact('round.closed', {}))).not.toContain('registry')
})

test('a table program gets text, never a formula', () => {
  const [, line] = csvOf([fact('round.extended', { reason: '=1+1 "now"' })]).split('\r\n')
  expect(line).toContain(`"'=1+1 ""now"""`)
})
