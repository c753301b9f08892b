import { generateJSON, type JSONContent } from '@tiptap/core'
import { describe, expect, test } from 'vitest'
import { schemaExtensions } from './extensions'

function pasted(html: string): JSONContent[] {
  return (generateJSON(html, schemaExtensions) as JSONContent).content ?? []
}

function cell(html: string): JSONContent['attrs'] {
  return pasted(`<table><tr>${html}</tr></table>`)[0]?.content?.[0]?.content?.[0]?.attrs
}

describe('what is pasted stays within the bounds of the schema', () => {
  test('spans and widths of cells', () => {
    expect(cell('<td colspan="2" rowspan="3" colwidth="100,200"><p>a</p></td>')).toMatchObject({ colspan: 2, rowspan: 3, colwidth: [100, 200] })
    expect(cell('<td colspan="1000" rowspan="65534" colwidth="999999"><p>a</p></td>')).toMatchObject({ colspan: 1, rowspan: 1, colwidth: null })
    expect(cell('<th colspan="0"><p>a</p></th>')).toMatchObject({ colspan: 1 })
  })

  test('the start of a list', () => {
    expect(pasted('<ol start="7"><li><p>a</p></li></ol>')[0]?.attrs?.['start']).toBe(7)
    expect(pasted('<ol start="-5"><li><p>a</p></li></ol>')[0]?.attrs?.['start']).toBe(1)
    expect(pasted('<ol start="123456789012"><li><p>a</p></li></ol>')[0]?.attrs?.['start']).toBe(1)
  })

  test('links', () => {
    const marks = (html: string) => pasted(`<p>${html}</p>`)[0]?.content?.[0]?.marks
    expect(marks('<a href=" https://a.test/ ">a</a>')?.[0]?.attrs?.['href']).toBe('https://a.test/')
    expect(marks('<a href="javascript:alert(1)">a</a>')).toBeUndefined()
    expect(marks(`<a href="https://a.test/${'x'.repeat(9000)}">a</a>`)).toBeUndefined()
  })
})
