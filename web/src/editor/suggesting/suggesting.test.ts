import { Editor } from '@tiptap/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { schemaExtensions } from '../schema/extensions'
import { NumberedKeys } from '../schema/numbered'
import type { Reason } from './propose'
import { suggestionsOf, type Suggestion } from './suggestions'
import { decideIn, setSuggesting, Suggesting } from './suggesting'

let editor: Editor
let reasons: Reason[]

function open(html: string, person = 'jan'): Editor {
  const made = new Editor({
    content: html,
    extensions: [...schemaExtensions, NumberedKeys, Suggesting.configure({ person, refused: (reason) => reasons.push(reason) })],
  })
  setSuggesting(made, true)
  return made
}

/** Selects the first place that says these words, or puts the caret behind them. */
function at(words: string, how: 'select' | 'behind' = 'behind'): void {
  let from = -1
  editor.state.doc.descendants((node, pos) => {
    const found = node.isText ? (node.text ?? '').indexOf(words) : -1
    if (found >= 0 && from < 0) from = pos + found
    return from < 0
  })
  const to = from + words.length
  editor.commands.setTextSelection(how === 'select' ? { from, to } : to)
}

const type = (text: string): boolean => {
  const { from, to } = editor.state.selection
  const insert = () => editor.state.tr.insertText(text, from, to)
  const taken = editor.view.someProp('handleTextInput', (handle) => handle(editor.view, from, to, text, insert))
  if (!taken) editor.view.dispatch(insert())
  return Boolean(taken)
}
const backspace = (): void => {
  const { from } = editor.state.selection
  editor.view.dispatch(editor.state.tr.delete(from - 1, from))
}
const forward = (): void => {
  const { from } = editor.state.selection
  editor.view.dispatch(editor.state.tr.delete(from, from + 1))
}
const open_ = (): Pick<Suggestion, 'deleted' | 'inserted'>[] => suggestionsOf(editor.state.doc).map(({ deleted, inserted }) => ({ deleted, inserted }))
const ids = (): string[] => suggestionsOf(editor.state.doc).map(({ id }) => id)
const text = (): string => editor.state.doc.textBetween(0, editor.state.doc.content.size, '|')

beforeEach(() => {
  reasons = []
  editor = open('<p>Dotace činí 400 Kč.</p><p>Platí ihned.</p>')
})
afterEach(() => editor.destroy())

describe('what is written while proposing', () => {
  test('replaces nothing: old words stay, new ones stand behind them, as one proposal', () => {
    at('400', 'select')
    type('5')
    type('00')
    expect(text()).toBe('Dotace činí 400500 Kč.|Platí ihned.')
    expect(open_()).toEqual([{ deleted: '400', inserted: '500' }])
    expect(suggestionsOf(editor.state.doc)[0]).toMatchObject({ author: 'jan', at: expect.stringMatching(/^\d{4}-.*Z$/) })
  })

  test('is shown with a few words of the text on either side', () => {
    editor.destroy()
    editor = open('<p>Dotace se poskytuje nejvýše jednou ročně. Žádost se podává písemně.</p>')
    at('ročně.')
    backspace()
    expect(suggestionsOf(editor.state.doc)).toMatchObject([{ before: '…\u00a0nejvýše jednou ročně', deleted: '.', after: ' Žádost se podává\u00a0…' }])
    editor.destroy()
    editor = open('<p>Platí ihned.</p>')
    at('Platí')
    type(' od')
    expect(suggestionsOf(editor.state.doc)).toMatchObject([{ before: 'Platí', inserted: ' od', after: ' ihned.' }])
    at('ihned')
    type(' a')
    expect(suggestionsOf(editor.state.doc).at(-1)).toMatchObject({ before: 'Platí ihned', inserted: ' a', after: '.' })
  })

  test('takes back with Backspace what oneself proposed, and proposes what was there before', () => {
    at('400')
    type('0')
    backspace()
    expect(open_()).toEqual([])
    backspace()
    backspace()
    expect(open_()).toEqual([{ deleted: '00', inserted: '' }])
    expect(editor.state.selection.from).toBe(editor.state.doc.resolve(1).start() + 'Dotace činí 4'.length)
  })

  test('goes on over words that are already to go, in both directions', () => {
    at('400')
    backspace()
    backspace()
    editor.commands.setTextSelection('Dotace činí 400'.length + 1)
    backspace()
    backspace()
    backspace()
    expect(open_()).toEqual([{ deleted: '400', inserted: '' }])
    at('Dotace')
    forward()
    forward()
    expect(open_().map(({ deleted }) => deleted)).toEqual([' č', '400'])
  })

  test('is another person’s own, also inside a proposal', () => {
    at('400')
    type(' až 600')
    const before = editor.getJSON()
    editor.destroy()
    editor = open('', 'eva')
    setSuggesting(editor, false)
    editor.commands.setContent(before)
    setSuggesting(editor, true)
    at('až')
    type(' do')
    expect(open_()).toEqual([
      { deleted: '', inserted: ' až 600' },
      { deleted: '', inserted: ' do' },
    ])
    at('600', 'select')
    editor.commands.deleteSelection()
    expect(open_().at(-1)).toEqual({ deleted: '600', inserted: '' })
    expect(text()).toContain('600')
  })

  test('may be a deletion over several paragraphs', () => {
    editor.commands.setTextSelection({ from: 13, to: 24 })
    editor.commands.deleteSelection()
    expect(reasons).toEqual([])
    expect(open_()).toEqual([{ deleted: '400 Kč.\nPl', inserted: '' }])
    expect(editor.state.doc.childCount).toBe(2)
  })

  test('does not turn into structure: what would begin a clause is written as it is', () => {
    editor.commands.setTextSelection(1)
    for (const letter of '(1) ') expect(type(letter)).toBe(true)
    expect(editor.state.doc.firstChild?.type.name).toBe('paragraph')
    expect(open_()).toEqual([{ deleted: '', inserted: '(1) ' }])
  })
})

describe('what cannot be proposed is refused with a reason and nothing is lost', () => {
  test.each<[string, Reason, () => void]>([
    ['a new paragraph', 'blocks', () => editor.commands.splitBlock()],
    ['joining paragraphs', 'blocks', () => (editor.commands.setTextSelection(22), editor.commands.joinBackward())],
    ['a heading', 'blocks', () => editor.commands.setNode('heading', { level: 2 })],
    ['a list', 'blocks', () => editor.commands.toggleBulletList()],
    ['a table', 'blocks', () => editor.commands.insertTable({ rows: 2, cols: 2 })],
    ['an id', 'blocks', () => editor.commands.updateAttributes('paragraph', { textAlign: 'center' })],
    ['bold', 'look', () => (at('400', 'select'), editor.commands.toggleMark('bold'))],
    ['a line break', 'things', () => editor.commands.insertContent({ type: 'hardBreak' })],
    ['a footnote', 'things', () => editor.view.dispatch(editor.state.tr.insert(5, editor.schema.nodes['footnote']!.create()))],
    ['several pasted paragraphs', 'blocks', () => editor.commands.insertContent('<p>jeden</p><p>druhý</p>')],
  ])('%s', (_what, reason, act) => {
    const before = editor.getJSON()
    at('Dotace')
    act()
    expect(reasons).toContain(reason)
    expect(editor.getJSON()).toEqual(before)
  })
})

describe('a decision', () => {
  test('accepts one and refuses another', () => {
    at('400', 'select')
    type('500')
    at('ihned', 'select')
    type('zítra')
    const [first, second] = ids() as [string, string]
    decideIn(editor, [first], 'accept')
    decideIn(editor, [second], 'refuse')
    expect(text()).toBe('Dotace činí 500 Kč.|Platí ihned.')
    expect(ids()).toEqual([])
  })

  test('accepts all', () => {
    at('400', 'select')
    type('500')
    at('ihned', 'select')
    editor.commands.deleteSelection()
    decideIn(editor, ids(), 'accept')
    expect(text()).toBe('Dotace činí 500 Kč.|Platí .')
  })

  test('takes a paragraph away whose every word was to go, but not when that is refused', () => {
    at('Platí ihned.', 'select')
    editor.commands.deleteSelection()
    const before = editor.getJSON()
    decideIn(editor, ids(), 'refuse')
    expect(text()).toBe('Dotace činí 400 Kč.|Platí ihned.')
    setSuggesting(editor, false)
    editor.commands.setContent(before)
    decideIn(editor, ids(), 'accept')
    expect(text()).toBe('Dotace činí 400 Kč.')
  })

  test('leaves a cell its paragraph and takes a list away with its only item', () => {
    editor.destroy()
    editor = open('<p>x</p><ul><li><p>bod</p></li></ul><table><tr><td><p>buňka</p></td></tr></table>')
    for (const words of ['bod', 'buňka']) {
      at(words, 'select')
      editor.commands.deleteSelection()
    }
    decideIn(editor, ids(), 'accept')
    expect(editor.state.doc.childCount).toBe(2)
    expect(editor.state.doc.lastChild?.type.name).toBe('table')
    expect(() => editor.state.doc.check()).not.toThrow()
  })
})

test('what is written straight into words that are to go is not to go', () => {
  at('400', 'select')
  editor.commands.deleteSelection()
  setSuggesting(editor, false)
  at('40')
  type('1')
  expect(open_()).toEqual([{ deleted: '400', inserted: '' }])
  expect(text()).toContain('4010')
  decideIn(editor, ids(), 'accept')
  expect(text()).toBe('Dotace činí 1 Kč.|Platí ihned.')
})
