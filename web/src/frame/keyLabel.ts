/** A key as it is printed on the keyboard of this machine: "Mod+k" → "⌘K" or "Ctrl K". */
const apple = /Mac|iPhone|iPad/.test(navigator.platform)

const NAMES: Readonly<Record<string, string>> = { ArrowDown: '↓', ArrowUp: '↑', ArrowLeft: '←', ArrowRight: '→', Enter: 'Enter', Escape: 'Esc', Esc: 'Esc', Shift: '⇧' }

export function keyLabel(keys: string): string {
  const [modifier, key] = keys.includes('+') && keys.length > 1 ? keys.split('+') : [undefined, keys]
  const name = NAMES[key ?? ''] ?? (key ?? '').toUpperCase()
  if (modifier === 'Mod') return apple ? `⌘${name}` : `Ctrl ${name}`
  return modifier ? `${NAMES[modifier] ?? modifier} ${name}` : name
}
