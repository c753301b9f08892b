/** Geometry of the progress ring. */
export const radius = 9
export const around = 2 * Math.PI * radius

/** How much of the ring is drawn, as a dash and the gap after it. */
export function dash(done: number, total: number): string {
  const drawn = total > 0 ? (around * Math.min(done, total)) / total : 0
  return `${drawn.toFixed(2)} ${around.toFixed(2)}`
}
