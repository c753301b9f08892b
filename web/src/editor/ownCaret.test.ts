import { afterEach, expect, test } from 'vitest'
import { Editor } from '@tiptap/core'
import Collaboration from '@tiptap/extension-collaboration'
import * as Y from 'yjs'
import { OwnCaret } from './ownCaret'
import { schemaExtensions } from './schema/extensions'
import { Identities } from './schema/identities'
import { rootName } from './schema/source'

const editors: Editor[] = []
afterEach(() => editors.splice(0).forEach((editor) => editor.destroy()))

function writer(doc: Y.Doc): Editor {
  const made = new Editor({
    element: document.createElement('div'),
    extensions: [...schemaExtensions, Collaboration.configure({ fragment: doc.getXmlFragment(rootName) }), OwnCaret, Identities],
  })
  editors.push(made)
  return made
}

/** The writer's draft, and a colleague's copy whose edits come to it in one go. */
function together(...paragraphs: string[]): { editor: Editor; edit: (act: (body: Y.XmlFragment) => void) => void } {
  const doc = new Y.Doc()
  const editor = writer(doc)
  editor.commands.setContent(paragraphs.map((words) => ({ type: 'paragraph', content: [{ type: 'text', text: words }] })))
  const edit = (act: (body: Y.XmlFragment) => void): void => {
    const copy = new Y.Doc()
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
    copy.transact(() => act(copy.getXmlFragment(rootName)))
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(copy), 'colleague')
  }
  return { editor, edit }
}

const textOf = (body: Y.XmlFragment, at: number): Y.XmlText => (body.get(at) as Y.XmlElement).get(0) as Y.XmlText

function putBehind(editor: Editor, words: string): void {
  editor.state.doc.descendants((node, pos) => {
    const at = node.isText ? (node.text ?? '').indexOf(words) : -1
    if (at >= 0) editor.commands.setTextSelection(pos + at + words.length)
  })
}

function typed(editor: Editor): string {
  editor.view.dispatch(editor.state.tr.insertText('|'))
  return editor.getText({ blockSeparator: ' / ' })
}

test('the caret stays at its word when a colleague writes before it in the same paragraph', () => {
  const { editor, edit } = together('Lhůta počíná dnem doručení.', 'Druhý.')
  putBehind(editor, 'dnem')
  edit((body) => textOf(body, 0).insert(0, 'Zákonná '))
  expect(typed(editor)).toBe('Zákonná Lhůta počíná dnem| doručení. / Druhý.')
})

test('also when words before and behind it change at once', () => {
  const { editor, edit } = together('Lhůta počíná dnem doručení.', 'Druhý.')
  putBehind(editor, 'dnem')
  edit((body) => {
    textOf(body, 0).delete(17, 9)
    textOf(body, 0).delete(0, 6)
    body.insert(0, [new Y.XmlElement('paragraph')])
  })
  expect(typed(editor)).toBe(' / počíná dnem|. / Druhý.')
})

test('a caret whose word is gone stands between what was left and right of it', () => {
  const { editor, edit } = together('Lhůta počíná dnem doručení.', 'Druhý.')
  putBehind(editor, 'počí')
  edit((body) => textOf(body, 0).delete(6, 7))
  expect(typed(editor)).toBe('Lhůta |dnem doručení. / Druhý.')
})

test('a chosen passage stays chosen', () => {
  const { editor, edit } = together('Lhůta počíná dnem doručení.', 'Druhý.')
  editor.commands.setTextSelection({ from: 7, to: 13 })
  edit((body) => textOf(body, 0).insert(0, 'Zákonná '))
  const { from, to } = editor.state.selection
  expect(editor.state.doc.textBetween(from, to)).toBe('počíná')
})

test('a paragraph that was made anew keeps the caret at its word', () => {
  const { editor, edit } = together('První odstavec.', 'Lhůta počíná dnem.')
  putBehind(editor, 'počíná')
  edit((body) => {
    const [old, made] = [body.get(1) as Y.XmlElement, new Y.XmlElement('paragraph')]
    made.setAttribute('id', old.getAttribute('id') ?? '')
    made.insert(0, [new Y.XmlText('Zákonná lhůta počíná dnem.')])
    body.delete(1, 1)
    body.insert(1, [made])
  })
  expect(typed(editor)).toBe('První odstavec. / Zákonná lhůta počíná| dnem.')
})

test('a caret whose paragraph is gone stands at the end of the one before', () => {
  const { editor, edit } = together('První odstavec.', 'Lhůta počíná dnem.', 'Třetí odstavec.')
  putBehind(editor, 'počí')
  edit((body) => body.delete(1, 1))
  expect(typed(editor)).toBe('První odstavec.| / Třetí odstavec.')
})
