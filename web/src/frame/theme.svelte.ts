/** Light, dark, or as the system says; kept on this device and set again before the first paint by /theme.js. */
export type Theme = 'auto' | 'light' | 'dark'

const KEY = 'paraph.theme'
const given = document.documentElement.dataset['theme']
let current = $state<Theme>(given === 'light' || given === 'dark' ? given : 'auto')

export function theme(): Theme {
  return current
}

export function setTheme(next: Theme): void {
  current = next
  if (next === 'auto') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = next
  try {
    if (next === 'auto') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, next)
  } catch {
    // storage is forbidden: the choice lives as long as the page
  }
}
