import { expect, test } from 'vitest'
import { outOf } from './czech'

test('the preposition goes by how the number is read', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 17, 20, 33, 50, 71, 100].map(outOf)).toEqual(
    ['z', 'ze', 'ze', 'ze', 'z', 'ze', 'ze', 'z', 'z', 'ze', 'z', 'ze', 'z', 'ze', 'z', 'ze', 'ze'],
  )
})
