import { expect, test } from 'vitest'
import { rank } from './rank'

test('accents and capitals do not matter', () => {
  expect(rank('Zásady pro dotace', 'zasady')).toBeGreaterThan(0)
  expect(rank('zasady', 'ZÁSADY')).toBe(100)
})

test('the beginning of the text counts more than the middle', () => {
  expect(rank('Dotace kultuře', 'dot')).toBeGreaterThan(rank('Zásady pro dotace', 'dot'))
  expect(rank('Zásady pro dotace', 'dot')).toBeGreaterThan(rank('Anekdota', 'dot'))
})

test('every word must be there', () => {
  expect(rank('Organizační řád', 'org rad')).toBeGreaterThan(0)
  expect(rank('Organizační řád', 'org smlouva')).toBe(0)
})

test('nothing typed finds everything', () => {
  expect(rank('cokoliv', '  ')).toBe(1)
})
