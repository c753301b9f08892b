/** Initials and colours of people, the same wherever a person is shown. */
const TITLES = /^(?:[A-Za-z]+\.|Bc|Mgr|Ing|PhD|MBA)$/

/** "Ing. Eva Nováková" → "EN"; academic titles do not count. */
export function initials(name: string): string {
  const words = name.split(/[\s,]+/).filter((word) => word && !TITLES.test(word))
  const first = words.at(0) ?? name
  const last = words.length > 1 ? words.at(-1) : undefined
  return (first.slice(0, 1) + (last?.slice(0, 1) ?? first.slice(1, 2))).toLocaleUpperCase('cs')
}

/** "Ing. Eva Nováková" → "Nováková": what lists of people are sorted by. */
export function surname(name: string): string {
  const words = name.split(/[\s,]+/).filter((word) => word && !TITLES.test(word))
  return words.at(-1) ?? name
}

/** One of eight hues; every hue is dark enough for white letters. */
export function hueOf(id: string): number {
  let sum = 0
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0
  return sum % 8
}
