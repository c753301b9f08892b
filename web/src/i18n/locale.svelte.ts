/** The language of the interface: the person's choice, else the browser's, else Czech. */
export type Locale = 'cs' | 'en'

const KEY = 'paraph.locale'

function initial(): Locale {
  const kept = read()
  if (kept) return kept
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'cs'
}

function read(): Locale | undefined {
  try {
    const kept = localStorage.getItem(KEY)
    return kept === 'cs' || kept === 'en' ? kept : undefined
  } catch {
    return undefined // storage is forbidden; the choice lives as long as the page
  }
}

let current = $state<Locale>(initial())

/** The language now; reading it in a template keeps the template up to date. */
export function locale(): Locale {
  return current
}

export function setLocale(next: Locale): void {
  current = next
  document.documentElement.lang = next
  try {
    localStorage.setItem(KEY, next)
  } catch {
    // see read()
  }
}
