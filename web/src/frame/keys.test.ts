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
  expect(nameOf({ ...none, key: 'm', ctrlKey: true, altKey: true })).toBe('Mod+Alt+m')
  expect(nameOf({ ...none, key: 'ArrowDown', shiftKey: true })).toBe('Shift+ArrowDown')
  expect(nameOf({ ...none, key: '?', shiftKey: true })).toBe('?')
})

test('a key that writes nothing is heard in the midst of writing', () => {
  const [act, letter] = [vi.fn(), vi.fn()]
  bind({ 'Alt+F10': act, f: letter })
  const field = document.body.appendChild(document.createElement('textarea'))
  press('F10', { altKey: true }, field)
  press('f', {}, field)
  expect(act).toHaveBeenCalledOnce()
  expect(letter).not.toHaveBeenCalled()
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

test('what takes writing back belongs to the field that is written', () => {
  const back = vi.fn()
  bind({ 'Mod+z': back })
  press('z', { ctrlKey: true }, document.body.appendChild(document.createElement('input')))
  expect(back).not.toHaveBeenCalled()
  press('z', { ctrlKey: true })
  expect(back).toHaveBeenCalledOnce()
})

test('in a text that is only read letters are keys, in one that is written only Escape is', () => {
  const letter = vi.fn()
  const escape = vi.fn()
  bind({ j: letter, Escape: escape })
  const paper = document.body.appendChild(document.createElement('div'))
  Object.defineProperty(paper, 'isContentEditable', { value: true })
  press('j', {}, paper)
  press('Escape', {}, paper)
  expect(letter).not.toHaveBeenCalled()
  expect(escape).toHaveBeenCalledOnce()
  paper.setAttribute('aria-readonly', 'true')
  press('j', {}, paper)
  expect(letter).toHaveBeenCalledOnce()
})

test('the rest of a sentence is not taken for keys when the text is closed under the hand', () => {
  const letter = vi.fn()
  bind({ d: letter })
  const paper = document.body.appendChild(document.createElement('div'))
  Object.defineProperty(paper, 'isContentEditable', { value: true })
  press('a', {}, paper)
  paper.setAttribute('aria-readonly', 'true')
  press('d', {}, paper)
  expect(letter).not.toHaveBeenCalled()
  press('Escape', {}, paper)
  press('d', {}, paper)
  expect(letter).toHaveBeenCalledOnce()
})

test('Enter on a link stays the link’s', () => {
  const open = vi.fn()
  bind({ Enter: open })
  const link = document.body.appendChild(document.createElement('a'))
  link.href = '/documents'
  press('Enter', {}, link)
  expect(open).not.toHaveBeenCalled()
})
