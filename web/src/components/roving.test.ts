import { afterEach, beforeEach, expect, test } from 'vitest'
import { enter, roving } from './roving'

let bar: HTMLElement
let leave: (() => void) | void
const button = (name: string): HTMLButtonElement => bar.querySelector<HTMLButtonElement>(`[name=${name}]`) as HTMLButtonElement
const stops = (): string[] => [...bar.querySelectorAll<HTMLElement>('[tabindex="0"]')].map((one) => one.getAttribute('name') ?? '')
const press = (key: string): boolean | undefined => document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
const focused = (): string | null | undefined => document.activeElement?.getAttribute('name')

beforeEach(() => {
  document.body.innerHTML = `<div><button name="undo" disabled></button><button name="bold"></button><select name="kind"></select>
    <div role="menu"><button name="item" tabindex="-1"></button></div><button name="more"></button></div>`
  bar = document.body.firstElementChild as HTMLElement
  leave = roving(bar)
})
afterEach(() => {
  if (leave) leave()
  document.body.replaceChildren()
})

test('the bar is one stop and arrows walk it in a circle', () => {
  expect(stops()).toEqual(['bold'])
  enter(bar)
  for (const [key, at] of [['ArrowRight', 'kind'], ['ArrowRight', 'more'], ['ArrowRight', 'bold'], ['ArrowLeft', 'more'], ['Home', 'bold'], ['End', 'more']] as const) {
    press(key)
    expect(focused()).toBe(at)
  }
  expect(stops()).toEqual(['more'])
})

test('it is entered where it was left, and by another stop when that one goes', async () => {
  enter(bar)
  press('ArrowRight')
  button('kind').blur()
  enter(bar)
  expect(focused()).toBe('kind')
  button('kind').remove()
  await Promise.resolve()
  expect(stops()).toEqual(['bold'])
})

test('a menu that is open in the bar keeps its arrows', () => {
  button('item').focus()
  press('ArrowRight')
  expect(focused()).toBe('item')
})
