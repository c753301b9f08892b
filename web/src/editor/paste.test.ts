import { expect, test } from 'vitest'
import { lists } from './paste'

const item = (level: number, sign: string, words: string): string =>
  `<p class="MsoListParagraph" style="mso-list:l0 level${level} lfo1"><span style="mso-list:Ignore">${sign}<span>&nbsp; </span></span>${words}</p>`

function pasted(...items: string[]): Element {
  const page = new DOMParser().parseFromString(items.join(''), 'text/html')
  lists(page)
  return page.body.firstElementChild as Element
}

test.each([
  ['a.', 'a'],
  ['A.', 'A'],
  ['i.', 'i'],
  ['I.', 'I'],
  ['1.', null],
])('a list that Word numbers from %s inside another keeps its kind', (sign, kind) => {
  const outer = pasted(item(1, '1.', 'jedna'), item(2, sign, 'vnořená'), item(1, '2.', 'dvě'))
  expect([...outer.children].map((entry) => entry.firstChild?.textContent)).toEqual(['jedna', 'dvě'])
  expect(outer.querySelector('li > ol')?.getAttribute('type')).toBe(kind)
  expect(outer.hasAttribute('type')).toBe(false)
})

test('signs that are no numbers make a list of bullets', () => {
  expect(pasted(item(1, '·', 'jedna')).tagName).toBe('UL')
})
