/** A password that can be dictated over the telephone: four groups without letters that look alike. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const GROUPS = 4
const LENGTH = 5

export function madeUp(): string {
  const group = (): string => Array.from({ length: LENGTH }, letter).join('')
  return Array.from({ length: GROUPS }, group).join('-')
}

/** Every letter alike often: numbers past the last whole round are drawn again. */
function letter(): string {
  const fair = 256 - (256 % LETTERS.length)
  let drawn: number
  do drawn = crypto.getRandomValues(new Uint8Array(1))[0] ?? 0
  while (drawn >= fair)
  return LETTERS.charAt(drawn % LETTERS.length)
}
