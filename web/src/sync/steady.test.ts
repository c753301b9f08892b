import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { SaveState } from './state'
import { Steady } from './steady'

const onPage: SaveState = { light: 'unsaved', reason: 'offline', waiting: true, kept: false }
const inStore: SaveState = { ...onPage, kept: true }
const nothing: SaveState = { ...inStore, waiting: false }
let shown: SaveState[]
let steady: Steady

beforeEach(() => {
  vi.useFakeTimers()
  shown = []
  steady = new Steady((save) => shown.at(-1) !== save && shown.push(save))
})
afterEach(() => vi.useRealTimers())

test('typing without a connection changes nothing that is shown while the store keeps up', () => {
  steady.see(nothing)
  for (let n = 0; n < 20; n += 1) {
    steady.see(onPage)
    vi.advanceTimersByTime(200)
    steady.see(inStore)
    vi.advanceTimersByTime(100)
  }
  expect(shown).toEqual([nothing, inStore])
})

test('what only the page has is said when it lasts, and until the store has it', () => {
  steady.see(inStore)
  steady.see(onPage)
  vi.advanceTimersByTime(1000)
  steady.see({ ...onPage })
  expect(shown).toEqual([inStore])
  vi.advanceTimersByTime(600)
  expect(shown.at(-1)).toEqual(onPage)
  steady.see(inStore)
  expect(shown.at(-1)).toEqual(inStore)
})

test('every other change is shown at once', () => {
  steady.see({ light: 'saved' })
  steady.see(onPage)
  expect(shown.at(-1)).toEqual({ ...onPage, waiting: false })
  steady.see({ light: 'saving' })
  steady.see({ light: 'saved' })
  vi.advanceTimersByTime(5000)
  expect(shown.at(-1)).toEqual({ light: 'saved' })
})
