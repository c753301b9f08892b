/** A key as it is printed on the keyboard of this machine: "Mod+k" → "⌘K" or "Ctrl K". */
const apple = /Mac|iPhone|iPad/.test(navigator.platform)

const NAMES: Readonly<Record<string, string>> = { ArrowDown: '↓', ArrowUp: '↑', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc', Shift: '⇧', Mod: apple ? '⌘' : 'Ctrl', Alt: apple ? '⌥' : 'Alt' }

export function keyLabel(keys: string): string {
  const parts = keys === '+' ? [keys] : keys.split('+')
  const names = parts.map((part) => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part))
  return names.join(apple ? '' : ' ')
}
