import { expect, test } from 'vitest'
import { endOfDay } from './due'

test('the end of a day is that of the office, in winter and in summer', () => {
  expect(endOfDay('2026-11-27')).toBe('2026-11-27T22:59:59Z')
  expect(endOfDay('2026-07-01')).toBe('2026-07-01T21:59:59Z')
})
