/** Where the keyboard is among the cards of the margin. */

export function focusCard(id: string): void {
  cardOf(id)?.focus({ preventScroll: true })
}

/** Whether the focus is at something else than this card. A button that was pressed and is busy has let go of it. */
export function isElsewhere(id: string): boolean {
  const at = document.activeElement
  return at !== null && at !== document.body && !cardOf(id)?.contains(at)
}

function cardOf(id: string): HTMLElement | null {
  return document.querySelector(`[data-card="${id}"]`)
}
