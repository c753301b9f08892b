import { getSchema } from '@tiptap/core'
import { describe, expect, test } from 'vitest'
import { Counter, citation, label, letter } from './numbering'
import { outlineOf } from './outline'
import { schemaExtensions } from './schema/extensions'

const series = [
  { type: 'heading', level: 1 },
  { type: 'clause' },
  { type: 'article' },
  { type: 'clause' },
  { type: 'point', level: 1 },
  { type: 'point', level: 2 },
  { type: 'paragraph' },
  { type: 'point', level: 2 },
  { type: 'point', level: 1 },
  { type: 'clause' },
  { type: 'point', level: 1 },
  { type: 'article' },
  { type: 'point', level: 2 },
]

describe('numbers', () => {
  test('begin anew under every article, clause and point, and are not broken by paragraphs', () => {
    const counter = new Counter()
    const labels = series.map((block) => label(block, counter.next(block)))
    expect(labels).toEqual(['', '(1)', 'Čl. 1', '(1)', 'a)', '1.', '', '2.', 'b)', '(2)', 'a)', 'Čl. 2', '1.'])
  })

  test('cite a place as the law does', () => {
    expect(citation({ article: 3, clause: 2, point: 1, subpoint: 1 })).toBe('čl. 3 odst. 2 písm. a) bod 1')
    expect(citation({ article: 0, clause: 0, point: 0, subpoint: 0 })).toBe('')
  })

  test('go on after z with aa', () => {
    expect([1, 26, 27, 52, 53].map(letter)).toEqual(['a', 'z', 'aa', 'az', 'ba'])
  })

  test('make the outline: articles below the heading before them', () => {
    const block = (type: string, id: string, text: string, attrs = {}) => ({ type, attrs: { id, ...attrs }, content: [{ type: 'text', text }] })
    const doc = getSchema(schemaExtensions).nodeFromJSON({
      type: 'doc',
      content: [block('heading', 'h', 'Zásady', { level: 1 }), block('article', 'a', 'Úvod'), block('clause', 'c', 'Text')],
    })
    const outline = outlineOf(doc)
    expect(outline.entries).toEqual([
      { id: 'h', label: '', title: 'Zásady', depth: 1 },
      { id: 'a', label: 'Čl. 1', title: 'Úvod', depth: 2 },
    ])
    expect(outline.places.get('c')).toBe('čl. 1 odst. 1')
    expect(outline.under.get('c')).toBe('a')
  })
})
