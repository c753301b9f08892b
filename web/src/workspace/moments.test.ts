import { beforeEach, expect, test } from 'vitest'
import { setLocale } from '../i18n/locale.svelte'
import { namesOf } from './moments'

const now = new Date('2026-11-23T15:00:00+01:00')

beforeEach(() => setLocale('cs'))

test('no two moments are called the same', () => {
  const moments = ['14:02:31', '14:02:05', '13:40:00'].map((time, n) => ({ seq: 3 - n, at: '2026-11-23T09:00:00+01:00', until: `2026-11-23T${time}+01:00` }))
  expect(namesOf(moments, now)).toEqual(['14:02:31', '14:02:05', '13:40'])
})
