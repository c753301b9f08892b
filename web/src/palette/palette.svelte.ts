/** Whether the palette and the list of keys are open. */
export const palette = $state({ open: false, keys: false })

export function openPalette(): void {
  palette.open = true
}

export function openKeys(): void {
  palette.keys = true
}
