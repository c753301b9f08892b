/** How well a text answers what was typed: 0 not at all, more is better. Case and accents do not matter. */
export function rank(text: string, typed: string): number {
  const wanted = plain(typed).trim()
  if (wanted === '') return 1
  const given = plain(text)
  if (given === wanted) return 100
  if (given.startsWith(wanted)) return 80
  const words = wanted.split(/\s+/)
  if (!words.every((word) => given.includes(word))) return 0
  const begins = words.filter((word) => given.startsWith(word) || given.includes(` ${word}`)).length
  return 20 + (40 * begins) / words.length
}

export function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
