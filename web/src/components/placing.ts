/** Puts a popover under (else above) what opened it, inside the window. */
export function placeBelow(popover: HTMLElement, opener: Element): void {
  const anchor = opener.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = popover
  const edge = 8
  const right = document.documentElement.clientWidth - edge - width
  const startsLeft = anchor.left + width <= document.documentElement.clientWidth - edge
  const left = startsLeft ? anchor.left : anchor.right - width
  const below = anchor.bottom + 4
  const fits = below + height <= innerHeight - edge
  popover.style.left = `${Math.max(edge, Math.min(left, right))}px`
  popover.style.top = `${fits ? below : Math.max(edge, anchor.top - 4 - height)}px`
}
