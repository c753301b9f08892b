/** The difference of two texts, word by word, as it is shown: what stays, what goes, what comes. */
export interface Part {
  kind: 'same' | 'removed' | 'added'
  text: string
}

const most = 4_000_000 // cells of the table; beyond it the whole text counts as replaced

function tokens(text: string): string[] {
  return text.match(/\s+|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? []
}

export function difference(before: string, after: string): Part[] {
  const [old, now] = [tokens(before), tokens(after)]
  const head = common(old, now, (list, n) => list[n])
  const [oldRest, nowRest] = [old.slice(head), now.slice(head)]
  const tail = common(oldRest, nowRest, (list, n) => list[list.length - 1 - n])
  const middle = between(oldRest.slice(0, oldRest.length - tail), nowRest.slice(0, nowRest.length - tail))
  const same = (list: string[]): Part => ({ kind: 'same', text: list.join('') })
  return joined([same(old.slice(0, head)), ...middle, same(tail > 0 ? old.slice(-tail) : [])])
}

function common(old: string[], now: string[], at: (list: string[], n: number) => string | undefined): number {
  const length = Math.min(old.length, now.length)
  let count = 0
  while (count < length && at(old, count) === at(now, count)) count += 1
  return count
}

/** Longest common subsequence of the words in between. */
function between(old: string[], now: string[]): Part[] {
  if (old.length * now.length > most) return [removed(old.join('')), added(now.join(''))]
  const table = lengths(old, now)
  const parts: Part[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < now.length) {
    if (i < old.length && old[i] === now[j]) {
      parts.push({ kind: 'same', text: old[i] ?? '' })
      i += 1
      j += 1
    } else if (j >= now.length || (i < old.length && (table[i + 1]?.[j] ?? 0) >= (table[i]?.[j + 1] ?? 0))) {
      parts.push(removed(old[i] ?? ''))
      i += 1
    } else {
      parts.push(added(now[j] ?? ''))
      j += 1
    }
  }
  return parts
}

function lengths(old: string[], now: string[]): Uint32Array[] {
  const table = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1))
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const [row, below] = [table[i], table[i + 1]]
    if (!row || !below) continue
    for (let j = now.length - 1; j >= 0; j -= 1) {
      row[j] = old[i] === now[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0)
    }
  }
  return table
}

const removed = (text: string): Part => ({ kind: 'removed', text })
const added = (text: string): Part => ({ kind: 'added', text })

/** Neighbours of a kind become one; a lone space between two changes belongs to both. */
function joined(parts: Part[]): Part[] {
  const bridged = parts.flatMap((part, n) => (isBridge(parts, n) ? [removed(part.text), added(part.text)] : [part]))
  const result: Part[] = []
  for (const group of groups(bridged)) result.push(...group)
  return result.filter((part) => part.text !== '')
}

function isBridge(parts: Part[], n: number): boolean {
  const part = parts[n]
  const [before, after] = [parts[n - 1], parts[n + 1]]
  return part?.kind === 'same' && /^\s+$/.test(part.text) && !!before && !!after && before.kind !== 'same' && after.kind !== 'same'
}

/** Runs of changes say first all that goes, then all that comes. */
function groups(parts: Part[]): Part[][] {
  const result: Part[][] = []
  for (const part of parts) {
    const last = result.at(-1)
    const changes = part.kind !== 'same'
    if (!last || (last[0]?.kind !== 'same') !== changes) result.push(changes ? [removed(''), added('')] : [{ kind: 'same', text: '' }])
    const target = result.at(-1)?.find((one) => one.kind === part.kind)
    if (target) target.text += part.text
  }
  return result
}
