import { describe, expect, test } from 'vitest'
import { mentionAt, mentioned, suggestions } from './mentions'

const people = [
  { id: '1', name: 'Ing. Eva Nováková', departments: [], roles: [] },
  { id: '2', name: 'Petr Šťastný', departments: [], roles: [] },
]

describe('a mention', () => {
  test('begins with @ after a space and goes on to the caret', () => {
    expect(mentionAt('Prosím @eva', 11)).toEqual({ start: 7, end: 11, words: 'eva' })
    expect(mentionAt('eva@kraj.cz', 8)).toBeNull()
  })
  test('finds people without accents', () => {
    expect(suggestions('stast', people).map(({ id }) => id)).toEqual(['2'])
    expect(suggestions('eva nov', people).map(({ id }) => id)).toEqual(['1'])
  })
  test('puts the whole name into the text', () => {
    expect(mentioned('Prosím @eva, dík', { start: 7, end: 11, words: 'eva' }, 'Eva Nováková')).toEqual({
      text: 'Prosím @Eva Nováková , dík',
      caret: 21,
    })
  })
})
