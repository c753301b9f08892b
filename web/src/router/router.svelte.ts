/**
 * Where we are, by the history API. Plain `<a href>` links are taken over in one place, so every link is a real
 * link: it can be opened in another tab, copied and bookmarked.
 */
import { SvelteURL } from 'svelte/reactivity'

const here = new SvelteURL(location.href)
let leaving: (() => string | undefined) | undefined
let unloading: (() => boolean) | undefined

export const router = {
  get path(): string {
    return here.pathname
  },
  get query(): URLSearchParams {
    return here.searchParams
  },
  get hash(): string {
    return here.hash
  },
}

/** Goes to an address of ours; `replace` leaves no step back. */
export function go(to: string, how: 'push' | 'replace' = 'push'): void {
  const target = new URL(to, location.href)
  if (target.href === location.href) return
  if (target.pathname !== location.pathname && !mayLeave()) return
  if (how === 'push') history.pushState(null, '', target)
  else history.replaceState(null, '', target)
  arrive(target.pathname !== here.pathname)
}

/** Changes the query of the present page, as filters do; empty values are dropped. */
export function setQuery(values: Readonly<Record<string, string | undefined>>, how: 'push' | 'replace' = 'replace'): void {
  const target = new URL(location.href)
  for (const [name, value] of Object.entries(values)) {
    if (value) target.searchParams.set(name, value)
    else target.searchParams.delete(name)
  }
  go(target.href, how)
}

/**
 * Asks before leaving while `warning` answers a sentence (unsaved text), and before the browser unloads the page also
 * while `cutOff` says that it could not be loaded again; returns how to stop asking.
 */
export function guardLeaving(warning: () => string | undefined, cutOff: () => boolean): () => void {
  leaving = warning
  unloading = cutOff
  return () => {
    if (leaving === warning) leaving = unloading = undefined
  }
}

/** Starts listening; called once by `main.ts`. */
export function startRouter(): void {
  addEventListener('popstate', () => arrive(true))
  addEventListener('click', follow)
  addEventListener('beforeunload', (event) => {
    if (leaving?.() || unloading?.()) event.preventDefault()
  })
}

function mayLeave(): boolean {
  const sentence = leaving?.()
  return sentence === undefined || confirm(sentence)
}

function arrive(elsewhere: boolean): void {
  here.href = location.href
  if (elsewhere && !location.hash) scrollTo(0, 0)
}

function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const link = (event.target as Element | null)?.closest('a')
  if (!link || !isOurs(link)) return
  event.preventDefault()
  go(link.href)
}

const SERVED = /^\/(api|public|registry\/v1|sync|socket\.io|reference)(\/|$)|^\/verify\/|^\/(status|reference\.css|openapi\.json|healthz|readyz)$/

function isOurs(link: HTMLAnchorElement): boolean {
  if (link.target && link.target !== '_self') return false
  if (link.hasAttribute('download') || link.origin !== location.origin) return false
  return !SERVED.test(link.pathname)
}
