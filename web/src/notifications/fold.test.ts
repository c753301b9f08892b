import { expect, test } from 'vitest'
import type { News } from '../api/types'
import { folded } from './fold'

let last = 100
function news(type: string, by: string, at = '2026-11-23T08:00:00Z'): News {
  last -= 1
  return { id: String(last), type, by, at, document: { id: `d${last}`, title: 'Smlouva' }, mentioned: false }
}
const about = (entry: News, document: string): News => ({ ...entry, document: { id: document, title: 'Smlouva' } })

test('the same act by the same person on one day is one line', () => {
  const lines = folded([news('signing.asked', 'a'), news('signing.asked', 'a'), news('round.opened', 'a'), news('signing.asked', 'a')])
  expect(lines.map((line) => [line.first.type, line.count])).toEqual([['signing.asked', 2], ['round.opened', 1], ['signing.asked', 1]])
})

test('another person or another day begins a new line', () => {
  expect(folded([news('signing.asked', 'a'), news('signing.asked', 'b')])).toHaveLength(2)
  expect(folded([news('signing.asked', 'a'), news('signing.asked', 'a', '2026-11-20T08:00:00Z')])).toHaveLength(2)
})

test('a signature, all signatures and the signed version of one document are told once', () => {
  const line = folded(['version.signed', 'signing.completed', 'signing.signed'].map((type) => about(news(type, 'a'), 'one')))
  expect(line.map((one) => [one.first.type, one.count])).toEqual([['version.signed', 1]])
})

test('being mentioned is never folded away', () => {
  expect(folded([{ ...news('thread.opened', 'a'), mentioned: true }, news('thread.opened', 'a')])).toHaveLength(2)
})
