import { expect, test } from 'vitest'
import { sharesOf, type Written } from './authorship'

test('authors are listed by how much is theirs', () => {
  const blocks: Written[] = [
    { block: 'a', runs: [{ start: 0, end: 4, by: 'eva' }, { start: 4, end: 5 }] },
    { block: 'b', runs: [{ start: 0, end: 3, by: 'petr' }, { start: 3, end: 6, by: 'petr' }] },
  ]
  expect(sharesOf(blocks)).toEqual([
    { by: 'petr', signs: 6 },
    { by: 'eva', signs: 4 },
    { by: '', signs: 1 },
  ])
})
