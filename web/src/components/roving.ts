/** A row of buttons as one stop of the Tab key, walked with the arrows (WAI-ARIA, toolbar pattern). */
import type { Attachment } from 'svelte/attachments'

const stop = 'button:not(:disabled), select:not(:disabled)'
const elsewhere = '[role=menu], form'

/** Where Tab enters: the button that was left last, else the first one. */
const entries = new WeakMap<HTMLElement, HTMLElement>()

export const roving: Attachment<HTMLElement> = (bar) => {
  const stops = (): HTMLElement[] => [...bar.querySelectorAll<HTMLElement>(stop)].filter((one) => one.closest(elsewhere) === null)

  function arrange(): void {
    const all = stops()
    const known = entries.get(bar)
    const entry = known && all.includes(known) ? known : all[0]
    for (const one of all) one.tabIndex = one === entry ? 0 : -1
  }
  function entered({ target }: FocusEvent): void {
    if (!stops().includes(target as HTMLElement)) return
    entries.set(bar, target as HTMLElement)
    arrange()
  }
  function walk(event: KeyboardEvent): void {
    const all = stops()
    const at = all.indexOf(event.target as HTMLElement)
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key]
    if (at < 0 || next === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    all.at(next % all.length)?.focus()
  }

  arrange()
  const changes = new MutationObserver(arrange)
  changes.observe(bar, { childList: true, subtree: true, attributeFilter: ['disabled'] })
  bar.addEventListener('focusin', entered)
  bar.addEventListener('keydown', walk)
  return () => {
    changes.disconnect()
    bar.removeEventListener('focusin', entered)
    bar.removeEventListener('keydown', walk)
  }
}

/** Puts the focus where Tab would enter the bar. */
export function enter(bar: HTMLElement): void {
  bar.querySelector<HTMLElement>(`:is(${stop})[tabindex="0"]`)?.focus()
}
