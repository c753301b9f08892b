// The ProseMirror schema that the published content schema describes.
import { readFileSync } from 'node:fs'
import { Schema } from '@tiptap/pm/model'

const raw = JSON.parse(readFileSync(new URL('../../../review/schema.json', import.meta.url), 'utf8'))
const attrsOf = (spec) => Object.fromEntries(
  Object.entries(spec.attrs ?? {}).map(([name, attr]) => [name, { default: attr.default ?? null }]))

export const schema = new Schema({
  nodes: Object.fromEntries(Object.entries(raw.nodes).map(([name, spec]) => [name, {
    ...(spec.content ? { content: spec.content } : {}),
    ...(spec.group ? { group: spec.group, inline: spec.group === 'inline' } : {}),
    attrs: attrsOf(spec)
  }])),
  marks: Object.fromEntries(Object.entries(raw.marks).map(([name, spec]) => [name, {
    attrs: attrsOf(spec), ...(spec.overlaps ? { excludes: '' } : {})
  }])),
  topNode: 'doc'
})
