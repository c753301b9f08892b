/** The present minute; templates that read it stay true while the page is open. */
let current = $state(Date.now())
setInterval(() => (current = Date.now()), 30_000)

export function now(): Date {
  return new Date(current)
}
