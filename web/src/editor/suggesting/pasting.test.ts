import { Editor } from '@tiptap/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Pictures } from '../pictures'
import { schemaExtensions } from '../schema/extensions'
import type { Reason } from './propose'
import { setSuggesting, Suggesting } from './suggesting'
import { suggestionsOf } from './suggestions'

const dot = 'data:image/png;base64,iVBORw0KGgo='
const own = '/api/v1/blobs/a'
const picture = new File(['a'], 'a.png', { type: 'image/png' })
const send = vi.fn(() => Promise.resolve({ src: own }))
const leftOut = vi.fn()
let editor: Editor
let reasons: Reason[]

beforeEach(() => {
  reasons = []
  editor = new Editor({
    content: '<p>Dotace činí 400 Kč.</p>',
    extensions: [
      ...schemaExtensions,
      Suggesting.configure({ person: 'jan', refused: (reason) => reasons.push(reason) }),
      Pictures.configure({ send, leftOut }),
    ],
  })
  setSuggesting(editor, true)
  editor.commands.setTextSelection('Dotace činí 400'.length + 1)
})
afterEach(() => {
  editor.destroy()
  send.mockClear()
  leftOut.mockReset()
})

function paste(html: string, files: File[] = []): void {
  const clipboardData = { getData: (type: string) => (type === 'text/html' ? html : ''), files, types: ['text/html'] }
  editor.view.pasteHTML(html, Object.assign(new Event('paste'), { clipboardData }) as unknown as ClipboardEvent)
}
const proposals = (): string[] => suggestionsOf(editor.state.doc).map(({ inserted }) => inserted)
const text = (): string => editor.state.doc.textBetween(0, editor.state.doc.content.size, '|', '*')

test.each([
  ['behind words', `<p>000</p><img src="${dot}">`],
  ['before words', `<img src="${dot}"><p>000</p>`],
  ['that the server has already', `<p>000</p><img src="${own}">`],
  ['in a paragraph of its own, as Word has it', `<p class="MsoNormal">000</p><p class="MsoNormal"><img src="${dot}"></p>`],
])('a picture %s is refused and never sent, the words are proposed', (_, html) => {
  paste(html)
  expect(proposals()).toEqual(['000'])
  expect(text()).toBe('Dotace činí 400000 Kč.')
  expect(reasons).toEqual(['things'])
  expect(send).not.toHaveBeenCalled()
})

test('a picture alone is refused and never sent, whether carried or copied', () => {
  paste(`<img src="${dot}">`)
  paste('', [picture])
  paste('<img src="https://web.example/plan.png">', [picture])
  expect(reasons).toEqual(['things', 'things', 'things'])
  expect(text()).toBe('Dotace činí 400 Kč.')
  expect(send).not.toHaveBeenCalled()
})

test('paragraphs are no words also where pictures stand between them', () => {
  paste(`<p>První.</p><img src="${dot}"><p>Druhý.</p>`)
  expect(reasons).toEqual(['blocks', 'things'])
  expect(text()).toBe('Dotace činí 400 Kč.')
  expect(send).not.toHaveBeenCalled()
})

test('words that only name pictures are proposed, and the pictures told as left out', () => {
  paste('<p>000<img src="https://web.example/logo.png"></p>', [picture])
  expect(proposals()).toEqual(['000'])
  expect(leftOut).toHaveBeenCalledExactlyOnceWith(1)
  expect([reasons, send.mock.calls]).toEqual([[], []])
})

test('who writes directly sends pictures as ever', () => {
  setSuggesting(editor, false)
  paste(`<p>tisíc</p><img src="${dot}">`)
  expect(send).toHaveBeenCalledOnce()
  expect(reasons).toEqual([])
})
