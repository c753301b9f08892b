/**
 * What a page offers in the palette and in the list of keys while it is open.
 *
 *   useCommands(() => [{ label: t('sign'), keys: 's', icon: 'sign', act: sign }])
 *
 * A command with `keys` is bound to them as well.
 */
import { untrack } from 'svelte'
import type { IconName } from '../components/icons'
import { bindKeys } from './keys.svelte'

export interface Command {
  readonly label: string
  readonly act: () => void
  /** A key by the names of `keys.svelte.ts`. */
  readonly keys?: string
  readonly icon?: IconName
  /** Only a key in the help, not an entry of the palette ("next row"). */
  readonly quiet?: true
}

type Offer = () => readonly Command[]

let current = $state.raw<readonly Offer[]>([])

/** Commands of the pages and parts now open, the innermost first. */
export function commands(): Command[] {
  return current.toReversed().flatMap((offer) => [...offer()])
}

/** Offers commands while the component lives; called while it is being made. */
export function useCommands(offer: Offer): void {
  $effect(() => {
    current = [...untrack(() => current), offer]
    return () => {
      current = current.filter((other) => other !== offer)
    }
  })
  $effect(() => {
    const bound = offer().flatMap((command) => (command.keys ? [[command.keys, command.act] as const] : []))
    return bindKeys(Object.fromEntries(bound))
  })
}
