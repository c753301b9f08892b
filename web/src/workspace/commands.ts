/** What the workspace offers in the palette and by a key. */
import type { Consultee } from '../api/types'
import type { Command } from '../frame/commands.svelte'
import { t } from '../messages/workspace'
import { consulteeName } from '../settlement/names'

interface Offer {
  /** Consultees for whom the person may give an opinion now. */
  opining: readonly Consultee[]
  opine: (consultee: Consultee) => void
  walk: (by: 1 | -1) => void
  /** Absent when there is nothing to settle or to compare. */
  settle: (() => void) | undefined
  compare: (() => void) | undefined
  /** From wherever the focus is; absent for who does not write now. */
  undo: (() => void) | undefined
}

export function commandsOf({ opining, opine, walk, settle, compare, undo }: Offer): Command[] {
  return [
    { label: t('nextCard'), keys: 'j', act: () => walk(1), quiet: true },
    { label: t('previousCard'), keys: 'k', act: () => walk(-1), quiet: true },
    ...opining.map((one, at) => opinion(one, at === 0, opining.length > 1, () => opine(one))),
    ...(settle ? [{ label: t('toSettlement'), keys: 'v', icon: 'tasks', act: settle } as const] : []),
    ...(compare ? [{ label: t('mode_compare'), keys: 'd', icon: 'history', act: compare } as const] : []),
    ...(undo ? [{ label: t('undoLast'), keys: 'Mod+z', icon: 'history', act: undo } as const] : []),
  ]
}

function opinion(consultee: Consultee, first: boolean, several: boolean, act: () => void): Command {
  const label = several ? t('opineFor', { name: consulteeName(consultee) }) : t('opine')
  return { label, icon: 'check', act, ...(first ? { keys: 'o' } : {}) }
}
