/** What Czech asks of numbers that are written in digits and read as words. */

const soft = [2, 3, 4, 6, 7, 12, 13, 14, 16, 17]

/** `z` or `ze` before a number, by how it is read: ze tří, z pěti, ze sedmnácti, ze sta. */
export function outOf(total: number): 'z' | 'ze' {
  if (total < 20) return soft.includes(total) ? 'ze' : 'z'
  const first = String(total)
  if (total < 100) return ['3', '4', '6', '7'].includes(first.charAt(0)) ? 'ze' : 'z'
  return total < 200 || (total >= 600 && total < 800) || (total >= 300 && total < 500) ? 'ze' : 'z'
}
