import { Editor } from '@tiptap/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { schemaExtensions } from './extensions'
import { Identities } from './identities'
import { NumberedKeys } from './numbered'
import { identified } from './source'

let editor: Editor

beforeEach(() => {
  editor = new Editor({
    content: '<p data-id="a">první</p><p data-id="b">druhý</p><ul data-id="l"><li><p data-id="c">bod</p></li><li><p data-id="d">další</p></li></ul>',
    extensions: [...schemaExtensions, NumberedKeys, Identities],
  })
})
afterEach(() => editor.destroy())

function ids(): (string | null)[] {
  const found: (string | null)[] = []
  editor.state.doc.descendants((node) => {
    if (identified.includes(node.type.name)) found.push(node.attrs['id'] as string | null)
  })
  return found
}

function expectUnique(): void {
  expect(ids()).not.toContain(null)
  expect(new Set(ids()).size).toBe(ids().length)
}

const slice = (from: number, to: number) => editor.state.doc.slice(from, to)

test('a split keeps the id with the words, whichever half they are in', () => {
  editor.chain().setTextSelection(4).splitBlock().run()
  expect(ids()[0]).toBe('a')
  expectUnique()
  editor.commands.setTextSelection(editor.state.doc.child(0).nodeSize + editor.state.doc.child(1).nodeSize + 1)
  editor.commands.splitBlock()
  expect(editor.state.doc.child(2).attrs['id']).not.toBe('b')
  expect(editor.state.doc.child(3).attrs['id']).toBe('b')
  expectUnique()
})

test('a copy pasted behind its original is a block of its own', () => {
  editor.view.dispatch(editor.state.tr.replace(14, 14, slice(0, 7)))
  expect(ids().slice(0, 2)).toEqual(['a', 'b'])
  expectUnique()
})

test('a copy pasted before its original does not take the id away from it', () => {
  editor.view.dispatch(editor.state.tr.replace(0, 0, slice(7, 14)))
  expect(editor.state.doc.child(0).textContent).toBe('druhý')
  expect(ids().slice(1, 3)).toEqual(['a', 'b'])
  expectUnique()
})

test('a block that is dragged elsewhere stays itself', () => {
  const moved = slice(0, 7)
  const tr = editor.state.tr.delete(0, 7)
  editor.view.dispatch(tr.insert(tr.mapping.map(14), moved.content))
  expect(ids().slice(0, 2)).toEqual(['b', 'a'])
  expectUnique()
})

test('items lifted out of a list, joined and sunk again have ids of their own', () => {
  editor.commands.setTextSelection(18)
  editor.commands.liftListItem('listItem')
  expectUnique()
  expect(ids()).toContain('c')
  editor.commands.toggleBulletList()
  expectUnique()
  editor.commands.setTextSelection(editor.state.doc.content.size - 4)
  editor.commands.splitListItem('listItem')
  expectUnique()
  editor.commands.sinkListItem('listItem')
  expectUnique()
  expect(() => editor.state.doc.check()).not.toThrow()
})

test('what another editor left double is given an id of its own with the next change', () => {
  const tr = editor.state.tr.setNodeAttribute(7, 'id', 'a').setMeta('y-sync$', { isChangeOrigin: true })
  editor.view.dispatch(tr)
  expect(ids().slice(0, 2)).toEqual(['a', 'a'])
  editor.commands.insertContentAt(3, 'x')
  expect(ids()[0]).toBe('a')
  expectUnique()
})
