import { afterEach, expect, test, vi } from 'vitest'
import { Editor, type JSONContent } from '@tiptap/core'
import Collaboration from '@tiptap/extension-collaboration'
import { NodeSelection } from '@tiptap/pm/state'
import * as Y from 'yjs'
import { chosenRun, moveChosen, moved, Moving } from './moving'
import { schemaExtensions } from './schema/extensions'
import { Identities } from './schema/identities'
import { rootName } from './schema/source'
import { setSuggesting, Suggesting } from './suggesting/suggesting'

let editor: Editor
let doc: Y.Doc
const refused = vi.fn()
const line = (text: string, marks: JSONContent[] = []): JSONContent => ({
  type: 'paragraph',
  attrs: { id: text },
  content: [{ type: 'text', text, marks: marks as never }],
})
const item = (text: string): JSONContent => ({ type: 'listItem', content: [line(text)] })

function write(...content: JSONContent[]): void {
  doc = new Y.Doc()
  editor = new Editor({
    element: document.createElement('div'),
    extensions: [
      ...schemaExtensions,
      Collaboration.configure({ fragment: doc.getXmlFragment(rootName) }),
      Identities,
      Suggesting.configure({ person: 'p', refused }),
      Moving,
    ],
  })
  editor.commands.setContent({ type: 'doc', content })
}

const words = (): string[] => editor.state.doc.content.content.map((node) => node.textContent)
const ids = (): unknown[] => editor.state.doc.content.content.map((node) => node.attrs['id'])
function putCaret(text: string): void {
  editor.state.doc.descendants((node, pos) => {
    if (node.isText && node.text === text) editor.commands.setTextSelection(pos + 1)
  })
}

afterEach(() => {
  editor.destroy()
  refused.mockReset()
})

test('a block goes up and down with its id, and the caret with it', () => {
  write(line('a'), line('b'), line('c'))
  putCaret('c')
  expect(moveChosen(editor, -1)).toBe(true)
  expect([words(), ids()]).toEqual([['a', 'c', 'b'], ['a', 'c', 'b']])
  expect(editor.state.selection.$from.parent.textContent).toBe('c')
  moveChosen(editor, -1)
  expect(moveChosen(editor, -1)).toBe(false)
  moveChosen(editor, 1)
  expect([words(), ids()]).toEqual([['a', 'c', 'b'], ['a', 'c', 'b']])
})

test('what a block says is talked about goes with it', () => {
  write(line('a'), line('b', [{ type: 'comment', attrs: { id: 'k' } }]), line('c'))
  putCaret('b')
  moveChosen(editor, 1)
  expect(editor.state.doc.child(2).firstChild?.marks.map((mark) => mark.attrs['id'])).toEqual(['k'])
})

test.each(['b', 'c'])('moving %s writes no other block anew: whoever writes in them goes on', (one) => {
  const all = ['a', 'b', 'c', 'd']
  for (const gap of all.keys()) {
    write(...all.map((text) => line(text)))
    const body = doc.getXmlFragment(rootName)
    const others = body.toArray().filter((_, n) => all[n] !== one)
    putCaret(one)
    const tr = moved(editor.state, chosenRun(editor.state.selection), gap)
    if (tr) editor.view.dispatch(tr)
    expect(others.every((block) => block._item?.deleted === false)).toBe(true)
    expect(others.map((block) => block.toString())).toEqual(all.filter((text) => text !== one).map((text) => expect.stringContaining(`>${text}<`)))
    expect(words().toSorted()).toEqual(all)
    editor.destroy()
  }
})

test('an item goes among the items of its list, a chosen stretch as a whole', () => {
  write(line('před'), { type: 'bulletList', content: [item('x'), item('y'), item('z')] }, line('za'))
  putCaret('z')
  moveChosen(editor, -1)
  expect(words()).toEqual(['před', 'xzy', 'za'])
  moveChosen(editor, -1)
  expect(moveChosen(editor, -1)).toBe(false)
  expect(words()).toEqual(['před', 'zxy', 'za'])
  editor.commands.setTextSelection({ from: 1, to: 9 })
  moveChosen(editor, 1)
  expect(words()).toEqual(['za', 'před', 'zxy'])
})

test('a picture that is chosen moves', () => {
  write(line('a'), { type: 'image', attrs: { id: 'p', src: '/api/v1/blobs/a' } }, line('b'))
  editor.view.dispatch(editor.state.tr.setSelection(NodeSelection.create(editor.state.doc, 3)))
  moveChosen(editor, -1)
  expect(ids()).toEqual(['p', 'a', 'b'])
  expect(editor.state.selection).toBeInstanceOf(NodeSelection)
})

test('each move is one step back', () => {
  write(line('a'), line('b'), line('c'))
  putCaret('a')
  moveChosen(editor, 1)
  moveChosen(editor, 1)
  editor.commands.undo()
  expect([words(), ids()]).toEqual([['b', 'a', 'c'], ['b', 'a', 'c']])
})

test('who only proposes is told that blocks cannot be', () => {
  write(line('a'), line('b'))
  putCaret('a')
  setSuggesting(editor, true)
  moveChosen(editor, 1)
  expect(words()).toEqual(['a', 'b'])
  expect(refused).toHaveBeenCalledExactlyOnceWith('blocks')
})
