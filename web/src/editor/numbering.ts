/**
 * Numbers of the numbered blocks, for words about places: "čl. 3 odst. 1 písm. a) bod 2".
 *
 * Articles count through the whole document, clauses within their article, points within their clause (or article),
 * points of level 2 within the point above. The page itself prints its numbers by CSS counters of the same rule.
 */
export interface Numbered {
  type: string
  level?: number
}

export interface Numbers {
  article: number
  clause: number
  point: number
  subpoint: number
}

/** Walks blocks in reading order and knows the numbers at every one of them. */
export class Counter {
  #now: Numbers = { article: 0, clause: 0, point: 0, subpoint: 0 }

  /** Takes the next block and gives the numbers that hold there. */
  next({ type, level }: Numbered): Numbers {
    const { article, clause, point, subpoint } = this.#now
    if (type === 'article') this.#now = { article: article + 1, clause: 0, point: 0, subpoint: 0 }
    else if (type === 'clause') this.#now = { article, clause: clause + 1, point: 0, subpoint: 0 }
    else if (type === 'point' && level === 2) this.#now = { article, clause, point, subpoint: subpoint + 1 }
    else if (type === 'point') this.#now = { article, clause, point: point + 1, subpoint: 0 }
    return this.#now
  }
}

/** 1 → a, 26 → z, 27 → aa: as CSS counts with `lower-alpha`. */
export function letter(number: number): string {
  let letters = ''
  for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(97 + ((rest - 1) % 26)) + letters
  }
  return letters
}

/** The number as it is printed before the block, empty for blocks without one. */
export function label({ type, level }: Numbered, numbers: Numbers): string {
  if (type === 'article') return `Čl. ${numbers.article}`
  if (type === 'clause') return `(${numbers.clause})`
  if (type === 'point') return level === 2 ? `${numbers.subpoint}.` : `${letter(numbers.point)})`
  return ''
}

/** How a place is cited in Czech legal writing: "čl. 3 odst. 2 písm. a) bod 1"; empty outside of all of them. */
export function citation({ article, clause, point, subpoint }: Numbers): string {
  const parts = [
    article > 0 ? `čl. ${article}` : '',
    clause > 0 ? `odst. ${clause}` : '',
    point > 0 ? `písm. ${letter(point)})` : '',
    subpoint > 0 ? `bod ${subpoint}` : '',
  ]
  return parts.filter(Boolean).join(' ')
}

/** The same for a narrow place: a word never stands apart from its number. */
export function unbroken(cited: string): string {
  return cited.replace(/(čl\.|odst\.|písm\.|bod) /g, '$1\u00a0')
}
