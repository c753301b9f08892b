/** The speed of long work from what is done so far; nothing before there is anything to measure. */
export function pace(done: number, total: number, elapsed: number): { perSecond: number; secondsLeft: number } | undefined {
  if (done <= 0 || elapsed < 500) return undefined
  const perMillisecond = done / elapsed
  const perSecond = perMillisecond * 1000
  return {
    perSecond: perSecond >= 10 ? Math.round(perSecond) : Math.round(perSecond * 10) / 10,
    secondsLeft: Math.ceil((total - done) / perMillisecond / 1000),
  }
}
