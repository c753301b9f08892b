import { expect, test, vi } from 'vitest'
import { Editor } from '@tiptap/core'
import * as Y from 'yjs'
import { insertPictures } from './pictures'
import { schemaExtensions } from './schema/extensions'
import { Identities } from './schema/identities'
import { rootName } from './schema/source'
import { isOwn, takingBack } from './undoing'

function writer(before: () => (() => void) | null = () => null): Editor {
  const doc = new Y.Doc()
  return new Editor({
    element: document.createElement('div'),
    extensions: [...schemaExtensions, takingBack(before).configure({ fragment: doc.getXmlFragment(rootName) }), Identities],
  })
}
const picture = new File(['x'], 'mapa.png', { type: 'image/png' })
const kinds = (editor: Editor): string[] => editor.state.doc.content.content.map((node) => node.type.name)

test('a picture is one step of its own: undone, it is gone and the words before it are still there', async () => {
  const editor = writer()
  editor.commands.insertContent('Slova před obrázkem.')
  await insertPictures(editor.view, [picture], editor.state.selection.from, () => Promise.resolve({ src: '/api/v1/blobs/a', width: 10, height: 10 }))
  editor.commands.insertContentAt(1, 'X')
  editor.commands.undo()
  expect(editor.state.doc.textContent).toBe('Slova před obrázkem.')
  expect(kinds(editor)).toContain('image')
  editor.commands.undo()
  expect(kinds(editor)).not.toContain('image')
  expect(editor.state.doc.textContent).toBe('Slova před obrázkem.')
  editor.commands.redo()
  expect(kinds(editor)).toContain('image')
  editor.destroy()
})

test('undo goes on to what came before when no step of one\'s own is left, and only then', () => {
  const back = vi.fn()
  const editor = writer(() => back)
  editor.commands.insertContent('Psáno potom.')
  editor.commands.undo()
  expect(editor.state.doc.textContent).toBe('')
  expect(back).not.toHaveBeenCalled()
  expect(editor.can().undo()).toBe(true)
  expect(back).not.toHaveBeenCalled()
  editor.commands.undo()
  expect(back).toHaveBeenCalledOnce()
  editor.destroy()
})

test('there is nothing to undo in a text where nothing was done', () => {
  const editor = writer()
  expect(editor.can().undo()).toBe(false)
  editor.destroy()
})

test('undo takes away what the person made, except what a colleague wrote something into', () => {
  const doc = new Y.Doc()
  const body = doc.getXmlFragment(rootName)
  const own = new Y.UndoManager(body, { trackedOrigins: new Set(['me']), deleteFilter: isOwn, captureTimeout: 0 })
  const made = (name: string, id: string, ...inside: (Y.XmlElement | Y.XmlText)[]): Y.XmlElement => {
    const element = new Y.XmlElement(name)
    element.setAttribute('id', id)
    element.insert(0, inside)
    return element
  }
  const words = new Y.XmlText('Můj bod')
  doc.transact(() => {
    body.insert(0, [
      made('bulletList', 'l', made('listItem', 'i', made('paragraph', 'p', words))),
      made('heading', 'h', new Y.XmlText('Můj nadpis')),
    ])
  }, 'me')
  words.insert(7, ' a slova kolegy')
  own.undo()
  expect(body.toString()).toBe('<bulletlist id="l"><listitem id="i"><paragraph id="p"> a slova kolegy</paragraph></listitem></bulletlist>')
  own.redo()
  expect(body.toString()).toContain('<heading id="h">Můj nadpis</heading>')
  expect(body.toString()).toContain(' a slova kolegy')
})
