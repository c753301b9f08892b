import { expect, test } from 'vitest'
import { type Member, rowsAfter } from './members'

const opened = rowsAfter([], [{ person: 'anna', role: 'submitter' }, { person: 'bela', role: 'editor' }, { person: 'cyril', role: 'reader' }])

test('a role that was changed leaves every row where it was', () => {
  const sorted: Member[] = [{ person: 'anna', role: 'submitter' }, { person: 'cyril', role: 'reader' }, { person: 'bela', role: 'reader' }]
  expect(rowsAfter(opened, sorted).map(({ person, role }) => [person, role])).toEqual([
    ['anna', 'submitter'],
    ['bela', 'reader'],
    ['cyril', 'reader'],
  ])
})

test('who was removed keeps the row and the role to be given back; who is new comes last', () => {
  const after = rowsAfter(opened, [{ person: 'adam', role: 'editor' }, { person: 'anna', role: 'submitter' }, { person: 'cyril', role: 'reader' }])
  expect(after.map(({ person }) => person)).toEqual(['anna', 'bela', 'cyril', 'adam'])
  expect(after[1]).toEqual({ person: 'bela', role: 'editor', gone: true })
  expect(rowsAfter(after, [{ person: 'bela', role: 'editor' }])[1]?.gone).toBe(false)
})
