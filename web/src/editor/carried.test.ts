import { afterEach, expect, test, vi } from 'vitest'
import { Editor } from '@tiptap/core'
import Collaboration from '@tiptap/extension-collaboration'
import * as Y from 'yjs'
import { named } from './carried'
import { Pictures, type Picture } from './pictures'
import { schemaExtensions } from './schema/extensions'
import { Identities } from './schema/identities'
import { rootName } from './schema/source'

const dot = 'data:image/png;base64,iVBORw0KGgo='
const own = '/api/v1/blobs/a'
const sent: File[] = []
let arrive: ((picture: Picture | null) => void)[] = []
const leftOut = vi.fn()
let editor: Editor
let doc: Y.Doc

function write(): void {
  doc = new Y.Doc()
  const send = (file: File): Promise<Picture | null> => {
    sent.push(file)
    return new Promise((resolve) => arrive.push(resolve))
  }
  editor = new Editor({
    element: document.createElement('div'),
    extensions: [...schemaExtensions, Collaboration.configure({ fragment: doc.getXmlFragment(rootName) }), Identities, Pictures.configure({ send, leftOut })],
  })
}

function paste(html: string, files: File[] = []): void {
  const clipboardData = { getData: (type: string) => (type === 'text/html' ? html : ''), files, types: ['text/html'] }
  editor.view.pasteHTML(html, Object.assign(new Event('paste'), { clipboardData }) as unknown as ClipboardEvent)
}
async function comes(picture: Picture | null): Promise<void> {
  arrive.shift()?.(picture)
  await vi.waitFor(() => expect(arrive.length + pictures().length).toBeGreaterThan(0))
}
const blocks = (): string[] => editor.state.doc.content.content.map((node) => (node.type.name === 'image' ? String(node.attrs['src']) : node.textContent))
const pictures = (): string[] => blocks().filter((block) => block.startsWith('/') || block.startsWith('data:'))

afterEach(() => {
  editor.destroy()
  sent.length = arrive.length = 0
  leftOut.mockReset()
})

test('words come at once, a carried picture when the server has it, between the words where it was', async () => {
  write()
  paste(`<p>před</p><img src="${dot}" alt="mapa"><p>za</p>`)
  expect(blocks()).toEqual(['před', 'za'])
  expect(sent.map(({ type, size }) => [type, size])).toEqual([['image/png', 8]])
  doc.getXmlFragment(rootName).insert(0, [new Y.XmlElement('paragraph')]) // a colleague writes before it
  expect(blocks()).toEqual(['', 'před', 'za'])
  await comes({ src: own, width: 3, height: 2 })
  expect(blocks()).toEqual(['', 'před', own, 'za'])
  expect(editor.state.doc.child(2).attrs).toMatchObject({ alt: 'mapa', width: 3, height: 2 })
  expect(leftOut).not.toHaveBeenCalled()
})

test('several carried pictures keep their order', async () => {
  write()
  paste(`<p>a</p><img src="${dot}"><img src="${dot}"><p>b</p>`)
  await comes({ src: `${own}1` })
  await comes({ src: `${own}2` })
  await vi.waitFor(() => expect(blocks()).toEqual(['a', `${own}1`, `${own}2`, 'b']))
})

test('a picture that was all a cell held leaves the cell whole', () => {
  write()
  paste(`<table><tr><td><img src="${dot}"></td><td>slova</td></tr></table>`)
  expect(() => editor.state.doc.check()).not.toThrow()
  expect(JSON.stringify(editor.getJSON())).not.toContain('data:')
  expect(sent.length).toBe(1)
})

test('pictures that are only named are left out, and how many is told', () => {
  write()
  paste('<p>a</p><img src="file:///C:/Users/x/clip_image001.png"><p>b<img src="https://web.cz/x.jpg"></p>')
  expect(blocks()).toEqual(['a', 'b'])
  expect(sent.length).toBe(0)
  expect(leftOut).toHaveBeenCalledExactlyOnceWith(2)
})

test('a carried picture that is not one is told too', () => {
  write()
  paste('<p>a</p><img src="data:image/png;base64,%%%">')
  expect(blocks()).toEqual(['a'])
  expect(leftOut).toHaveBeenCalledExactlyOnceWith(1)
})

test('a picture copied by itself is taken from the clipboard, beside words its picture of them is not', async () => {
  write()
  const file = new File(['x'], 'image.png', { type: 'image/png' })
  paste('<p>slova</p>', [file])
  expect([blocks(), sent.length]).toEqual([['slova'], 0])
  paste('<img src="https://web.cz/x.jpg">', [file])
  expect(sent).toEqual([file])
  expect(leftOut).not.toHaveBeenCalled()
  await comes({ src: own })
  expect(blocks()).toEqual(['slova', own])
})

test.each([
  ['<img src="https://web.cz/a.png"><img srcset="a.png 2x">', 2],
  [`<img src="${own}"><img src="${dot}">`, 0],
  ['<img src="https://web.cz/pocitadlo.gif" width="1" height="1">', 0],
  ['<img src="data:image/svg+xml;base64,PHN2Zy8+">', 1],
])('of %s so many cannot come: %i', (html, pictures) => {
  write()
  expect(named(html).pictures).toBe(pictures)
})
