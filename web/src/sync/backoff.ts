/** When to come back after a lost connection: soon, then ever later, never all at the same moment. */
const first = 300
const longest = 20_000

/** Milliseconds before the given attempt (from 0), spread by `chance` in [0, 1). */
export function delay(attempt: number, chance = Math.random()): number {
  const ceiling = Math.min(longest, first * 2 ** attempt)
  return Math.round(ceiling / 2 + (ceiling / 2) * chance)
}
