import { expect, test } from 'vitest'
import { pieces, side, type BlockChange } from './shapes'

const block = (kind: BlockChange['kind'], id: string): BlockChange => ({ kind, type: 'clause', block: id, spans: [] })
const kinds = (blocks: BlockChange[], unfolded = false): string[] => pieces(blocks, unfolded).map((piece) => (piece.kind === 'gap' ? `gap ${piece.blocks.length}` : piece.kind))

test('long unchanged runs are folded, neighbours of a change are shown', () => {
  const blocks = [...'abcde'].map((id) => block('same', id))
  blocks.splice(3, 0, block('changed', 'x'))
  expect(kinds(blocks)).toEqual(['gap 2', 'same', 'change', 'same', 'gap 1'])
  expect(kinds(blocks, true)).toHaveLength(6)
})

test('each side tells its own text', () => {
  const changed: BlockChange = { ...block('changed', 'a'), spans: [{ kind: 'removed', text: 'rada' }, { kind: 'added', text: 'zastupitelstvo' }, { kind: 'same', text: ' může' }] }
  expect(side(changed, 'removed').map(({ text }) => text).join('')).toBe('rada může')
  expect(side(changed, 'added').map(({ text }) => text).join('')).toBe('zastupitelstvo může')
})
