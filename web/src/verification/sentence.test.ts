import { beforeEach, expect, test } from 'vitest'
import type { VerifiedChange, Verification, Verdict } from '../api/types'
import { setLocale } from '../i18n/locale.svelte'
import { tell } from './sentence'

beforeEach(() => setLocale('cs'))

const signature = { field: 'S1', by: 'Eva', at: '2026-11-20T08:00:00Z', level: 'B-LTA', covers: 'whole', indication: 'TOTAL-PASSED', trusted: true }
const found = (verdict: Verdict, more: Partial<Verification> = {}): Verification => ({ id: 'v', at: '2026-11-23T08:00:00Z', name: 'a.pdf', fileHash: '', verdict, signatures: [signature], changes: [], ...more })
const change = (page: number): VerifiedChange => ({ kind: 'text', page })

test('a valid signature on the version in force is said in two short sentences', () => {
  const told = tell(found('valid', { known: { document: 'd', version: 'v', current: true } }))
  expect(told).toEqual({ tone: 'good', sentence: 'Podpis platí. Toto je platné znění.', detail: '' })
})

test('a valid signature on a superseded version warns', () => {
  const told = tell(found('valid', { known: { document: 'd', version: 'v', current: false, supersededBy: 'w' } }))
  expect(told.tone).toBe('wait')
  expect(told.sentence).toContain('nahrazeno novějším')
})

test.each([
  [[], 'Dokument byl po podpisu změněn.'],
  [[2], 'Dokument byl po podpisu změněn na straně 2.'],
  [[7, 2, 2, 3], 'Dokument byl po podpisu změněn na stranách 2, 3 a 7.'],
])('a document changed on pages %j says so', (pages, sentence) => {
  expect(tell(found('modified', { changes: pages.map(change) })).sentence).toBe(sentence)
})

test.each<Verdict>(['broken', 'stripped', 'rejected'])('%s is bad news with advice', (verdict) => {
  const told = tell(found(verdict))
  expect(told.tone).toBe('bad')
  expect(told.detail).not.toBe('')
})

test('an unsigned document is no alarm', () => {
  expect(tell(found('unsigned', { signatures: [] })).tone).toBe('wait')
})
