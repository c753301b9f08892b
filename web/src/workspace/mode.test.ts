import { expect, test } from 'vitest'
import type { DocumentItem, Me, Round, Version } from '../api/types'
import { modeOf, versionToShow } from './mode'
import { Rights } from './rights'

const version = (number: string, kind: Version['kind']): Version => ({ id: `v${number}`, number, kind }) as Version
const round = (state: Round['state'], shown: string): Round => ({ state, version: `v${shown}` }) as Round
const reader = new Rights({ id: 'p', roles: ['auditor'], departments: [] } as unknown as Me, { department: 'k', role: null } as unknown as DocumentItem)
const [frozen, signed, next] = [version('0.1', 'frozen'), version('1', 'signed'), version('1.1', 'frozen')]

test('a reader gets the signed version in force while the next one is written', () => {
  const settled = round('settled', '0.1')
  expect(modeOf(null, 'draft', reader, settled, [frozen, signed])).toBe('review')
  expect(versionToShow(null, 'draft', settled, [frozen, signed])).toBe('v1')
})

test('a signed version that went through no round is read too', () => {
  expect(modeOf(null, 'draft', reader, undefined, [signed])).toBe('review')
  expect(versionToShow(null, 'draft', undefined, [signed])).toBe('v1')
})

test('who is asked in the next round gets its version', () => {
  expect(versionToShow(null, 'in_review', round('open', '1.1'), [frozen, signed, next])).toBe('v1.1')
})

test('before anything is signed the version of the round is read', () => {
  expect(versionToShow(null, 'settling', round('settling', '0.1'), [frozen])).toBe('v0.1')
  expect(modeOf(null, 'draft', reader, undefined, [])).toBe('write')
})
