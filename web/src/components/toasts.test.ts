import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { dismiss, toast, toasts } from './toasts.svelte'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  for (const { id } of [...toasts]) dismiss(id)
  vi.useRealTimers()
})
const texts = (): string[] => toasts.map(({ text }) => text)

test('news goes by itself, what stays does not', () => {
  const kept = toast('restored', { stays: true })
  toast('copied')
  vi.advanceTimersByTime(3_600_000)
  expect(texts()).toEqual(['restored'])
  dismiss(kept)
  expect(texts()).toEqual([])
})

test('newer news takes the place of what does not stay', () => {
  toast('restored', { stays: true })
  for (const text of ['one', 'two', 'three']) toast(text)
  expect(texts()).toEqual(['restored', 'two', 'three'])
})
