/**
 * Walking through a list: J and K (or the arrows) choose, Enter opens, E does the obvious act.
 *
 * The chosen row carries `data-row={index}`; it is scrolled into view but the focus stays where it was.
 */
import { t } from '../messages/rows'
import { useCommands } from './commands.svelte'
import { useKeys } from './keys.svelte'

interface Walk {
  readonly count: () => number
  readonly open: (index: number) => void
  readonly act?: (index: number) => void
}

export class Rows {
  at = $state(-1)
  readonly #walk: Walk

  constructor(walk: Walk) {
    this.#walk = walk
  }

  step(by: number): void {
    const count = this.#walk.count()
    if (count === 0) return
    this.at = this.at < 0 ? (by > 0 ? 0 : count - 1) : Math.min(count - 1, Math.max(0, this.at + by))
    document.querySelector(`[data-row="${this.at}"]`)?.scrollIntoView({ block: 'nearest' })
  }

  open(): void {
    if (this.#isThere()) this.#walk.open(this.at)
  }

  act(): void {
    if (this.#isThere()) (this.#walk.act ?? this.#walk.open)(this.at)
  }

  #isThere(): boolean {
    return this.at >= 0 && this.at < this.#walk.count()
  }
}

/** Rows with their keys, while the component lives. */
export function useRows(walk: Walk): Rows {
  const rows = new Rows(walk)
  useCommands(() => [
    { label: t('next'), keys: 'j', act: () => rows.step(1), quiet: true },
    { label: t('previous'), keys: 'k', act: () => rows.step(-1), quiet: true },
    { label: t('open'), keys: 'Enter', act: () => rows.open(), quiet: true },
    ...(walk.act ? [{ label: t('act'), keys: 'e', act: () => rows.act(), quiet: true } as const] : []),
  ])
  useKeys({ ArrowDown: () => rows.step(1), ArrowUp: () => rows.step(-1) })
  return rows
}
