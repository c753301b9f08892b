import { afterEach, expect, test, vi } from 'vitest'
import { bindKeys, nameOf } from './keys.svelte'

const bound: (() => void)[] = []
afterEach(() => {
  for (const release of bound.splice(0)) release()
  document.body.replaceChildren()
})

function press(key: string, more: KeyboardEventInit = {}, at: EventTarget = document.body): void {
  at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))
}
function bind(keys: Parameters<typeof bindKeys>[0]): void {
  bound.push(bindKeys(keys))
}

test('keys are named the same on every system', () => {
  const none = { metaKey: false, ctrlKey: false, shiftKey: false, altKey: false }
  expect(nameOf({ ...none, key: 'K', metaKey: true })).toBe('Mod+k')
  expect(nameOf({ ...none, key: 'k', ctrlKey: true })).toBe('Mod+k')
  expect(nameOf({ ...none, key: 'ArrowDown', shiftKey: true })).toBe('Shift+ArrowDown')
  expect(nameOf({ ...none, key: '?', shiftKey: true })).toBe('?')
})

test('the innermost binding wins', () => {
  const outer = vi.fn()
  const inner = vi.fn()
  bind({ j: outer })
  bind({ j: inner })
  press('j')
  expect(inner).toHaveBeenCalledOnce()
  expect(outer).not.toHaveBeenCalled()
})

test('two letters one after the other are one key', () => {
  const go = vi.fn()
  bind({ 'g d': go })
  press('g')
  press('d')
  expect(go).toHaveBeenCalledOnce()
})

test('letters written into a field are heard by nobody, combinations are', () => {
  const letter = vi.fn()
  const combination = vi.fn()
  bind({ j: letter, 'Mod+k': combination })
  const field = document.body.appendChild(document.createElement('input'))
  press('j', {}, field)
  press('k', { ctrlKey: true }, field)
  expect(letter).not.toHaveBeenCalled()
  expect(combination).toHaveBeenCalledOnce()
})

test('Enter on a link stays the link’s', () => {
  const open = vi.fn()
  bind({ Enter: open })
  const link = document.body.appendChild(document.createElement('a'))
  link.href = '/documents'
  press('Enter', {}, link)
  expect(open).not.toHaveBeenCalled()
})
