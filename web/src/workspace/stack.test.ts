import { describe, expect, test } from 'vitest'
import { stack } from './stack'

const slots = [
  { id: 'a', wanted: 0, height: 100 },
  { id: 'b', wanted: 20, height: 50 },
  { id: 'c', wanted: 300, height: 50 },
]

describe('cards in the margin', () => {
  test('stand at their passages where there is room', () => {
    expect(stack(slots, null).get('c')).toBe(300)
  })
  test('are pushed down, never over one another', () => {
    expect(stack(slots, null, 10).get('b')).toBe(110)
  })
  test('let the active one stand exactly at its passage', () => {
    const tops = stack(slots, 'b', 10)
    expect(tops.get('b')).toBe(20)
    expect(tops.get('a')).toBe(-90)
    expect(tops.get('c')).toBe(300)
  })
})
