import { beforeEach, expect, test } from 'vitest'
import type { DocumentItem, DocumentState, Me, Round, Version } from '../api/types'
import { setLocale } from '../i18n/locale.svelte'
import { Rights } from './rights'
import { bandOf, notFinal, primaryOf, type Standing } from './steps'

beforeEach(() => setLocale('en'))

const version = (number: string, kind: Version['kind'], contentHash = 'same'): Version => ({ id: `v${number}`, number, kind, contentHash }) as Version

function standing(state: DocumentState, versions: Version[], role: 'submitter' | 'editor' | 'reviewer' = 'submitter', round?: Round): Standing {
  const document = { id: 'd', department: 'k', state, role, draft: { version: 1, hash: 'same', words: 3 } } as unknown as DocumentItem
  const me = { id: 'p', roles: [], departments: [] } as unknown as Me
  return { document, versions, round, rights: new Rights(me, document) }
}

test.each([
  ['draft', [], 'Open the round'],
  ['ready', [version('0.1', 'frozen')], 'Make the final version'],
  ['ready', [version('1', 'final')], 'Send to be signed'],
  ['ready', [version('1', 'final', 'other')], 'Make the final version'],
  ['signing', [version('1', 'final')], undefined],
  ['signed', [version('1', 'signed')], 'Change'],
] as [DocumentState, Version[], string | undefined][])('the step of a submitter when a document is %s', (state, versions, label) => {
  expect(primaryOf(standing(state, versions))?.label).toBe(label)
})

test('who only reviews is offered no step', () => {
  for (const state of ['draft', 'ready', 'signed'] as const) expect(primaryOf(standing(state, [version('1', 'signed')], 'reviewer'))).toBeNull()
})

test('a final version that the draft no longer says is not promised', () => {
  expect(bandOf(standing('ready', [version('1', 'final')]), 'write', undefined)?.words).toContain('ready to be signed')
  expect(bandOf(standing('ready', [version('1', 'final', 'other')]), 'write', undefined)?.words).toContain('void')
})

test('a text that is not written now says why', () => {
  expect(bandOf(standing('signing', [version('1', 'final')]), 'write', undefined)?.words).toContain('Version 1 is being signed')
  expect(bandOf(standing('signed', [version('1', 'signed')]), 'write', undefined)?.words).toContain('signed')
})

test('who reads an earlier version is told of the last one', () => {
  const [earlier, last] = [version('0.1', 'frozen'), version('1', 'final')]
  expect(bandOf(standing('signing', [earlier, last]), 'review', earlier)).toMatchObject({ tone: 'wait', show: last })
})

test('a final version has to wait for the round, and says for what', () => {
  const round = (state: Round['state'], unsettled = 0, disputes = 0): Round => ({ number: 2, state, comments: { total: 3, unsettled, disputes } }) as Round
  expect(notFinal(round('open'))).toContain('Round 2')
  expect(notFinal(round('settling', 2))).toContain('2 comments')
  expect(notFinal(round('settling', 0, 1))).toContain('1 dispute')
  expect(notFinal(round('settled'))).toBeNull()
})

test('while the next version is written, readers and writers are told that the signed one is in force', () => {
  const [frozen, signed, asked] = [version('0.1', 'frozen'), version('1', 'signed'), version('1.1', 'frozen')]
  const now = standing('draft', [frozen, signed], 'reviewer')
  now.document.draft.version = 2
  const words = 'Version 1 is signed and in force. Version 2 is being prepared.'
  expect(bandOf(now, 'review', signed)).toEqual({ tone: 'good', words })
  expect(bandOf(now, 'write', undefined)).toEqual({ tone: 'good', words, show: signed })
  expect(bandOf({ ...now, versions: [frozen, signed, asked] }, 'review', signed)).toMatchObject({ words, show: asked })
})
