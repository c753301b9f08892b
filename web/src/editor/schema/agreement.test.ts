import { getSchema } from '@tiptap/core'
import { describe, expect, test } from 'vitest'
import { schemaExtensions } from './extensions'
import { markSources, nodeSources } from './source'

const schema = getSchema(schemaExtensions)

function defaults(attrs: Record<string, { default?: unknown }> | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attrs ?? {}).map(([name, spec]) => [name, spec.default ?? null]))
}

describe('the editor and review/schema.json', () => {
  test('have the same nodes', () => {
    expect(Object.keys(schema.nodes).sort()).toEqual(Object.keys(nodeSources).sort())
  })

  test('have the same marks', () => {
    expect(Object.keys(schema.marks).sort()).toEqual(Object.keys(markSources).sort())
  })

  test.each(Object.entries(nodeSources))('agree on %s: content, group, attributes, defaults', (name, source) => {
    const node = schema.nodes[name]!
    expect(node.spec.content ?? null).toBe(source.content ?? null)
    expect(node.spec.group?.split(' ')[0] ?? null).toBe(source.group ?? null)
    expect(defaults(node.spec.attrs as Record<string, { default?: unknown }>)).toEqual(defaults(source.attrs))
  })

  test.each(Object.entries(markSources))('agree on the mark %s: attributes, overlap', (name, source) => {
    const mark = schema.marks[name]!
    expect(defaults(mark.spec.attrs as Record<string, { default?: unknown }>)).toEqual(defaults(source.attrs))
    expect(!mark.excludes(mark)).toBe(source.overlaps ?? false)
  })

  test('fill an empty place with a paragraph', () => {
    expect(schema.topNodeType.contentMatch.defaultType?.name).toBe('paragraph')
  })
})
