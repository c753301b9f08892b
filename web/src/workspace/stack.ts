/** Where the cards of the margin stand: beside their passages, never over one another. */
export interface Slot {
  id: string
  /** Where the passage is, from the top of the margin. */
  wanted: number
  height: number
}

/**
 * Tops by id, for slots in the order of reading. The active card stands exactly at its passage; those above it make
 * room upwards, those below it downwards. Without one, all are pushed down from the first.
 */
export function stack(slots: readonly Slot[], active: string | null, gap = 12): Map<string, number> {
  const tops = new Map<string, number>()
  const at = slots.findIndex((slot) => slot.id === active)
  const anchor = at < 0 ? 0 : at
  let floor = at < 0 ? 0 : -Infinity
  for (const slot of slots.slice(anchor)) {
    const top = Math.max(slot.wanted, floor)
    tops.set(slot.id, top)
    floor = top + slot.height + gap
  }
  let ceiling = at < 0 ? Infinity : (slots[at]?.wanted ?? 0) - gap
  for (const slot of slots.slice(0, anchor).toReversed()) {
    const top = Math.min(slot.wanted, ceiling - slot.height)
    tops.set(slot.id, top)
    ceiling = top - gap
  }
  return tops
}
