/** A comparison of two contents as the API tells it, and its pieces for the page. */
import type { Part } from './words'

export type ChangeKind = 'same' | 'added' | 'removed' | 'changed' | 'moved'

export interface BlockChange {
  readonly kind: ChangeKind
  readonly type: string
  readonly block?: string | null
  readonly label?: string | null
  readonly place?: string | null
  readonly path?: string[] | null
  /** More than words differs: kind of block, level, look. */
  readonly form?: boolean | null
  readonly wasLabel?: string | null
  readonly wasType?: string | null
  readonly spans: Part[]
}

export interface Comparison {
  readonly before: string
  readonly after: string
  readonly summary: Readonly<Record<string, number>>
  readonly blocks: BlockChange[]
}

/** A change that is shown, or a run of blocks that stayed as they were. */
export type Piece = { kind: 'change'; block: BlockChange; at: number } | { kind: 'same'; block: BlockChange } | { kind: 'gap'; blocks: BlockChange[]; key: string }

const around = 1 // unchanged blocks shown beside a change

/** The blocks with long unchanged runs folded; changes are numbered from 0. */
export function pieces(blocks: readonly BlockChange[], unfolded: boolean): Piece[] {
  const near = (n: number): boolean => {
    for (let m = Math.max(0, n - around); m <= n + around; m += 1) if (blocks[m] && blocks[m]?.kind !== 'same') return true
    return false
  }
  const found: Piece[] = []
  let at = 0
  blocks.forEach((block, n) => {
    if (block.kind !== 'same') found.push({ kind: 'change', block, at: at++ })
    else if (unfolded || near(n)) found.push({ kind: 'same', block })
    else gap(found, block)
  })
  return found
}

function gap(found: Piece[], block: BlockChange): void {
  const last = found.at(-1)
  if (last?.kind === 'gap') last.blocks.push(block)
  else found.push({ kind: 'gap', blocks: [block], key: block.block ?? String(found.length) })
}

/** What the earlier (`removed`) or the later text (`added`) says of a block. */
export function side(block: BlockChange, which: 'removed' | 'added'): Part[] {
  return block.spans.filter((span) => span.kind === 'same' || span.kind === which)
}
