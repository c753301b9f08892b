/** What the page says about saving: green when all is on disk, amber while it travels, red when it cannot. */
import type { RefusalCode } from './protocol'

export type Reason =
  | 'offline'
  | 'restarting'
  | 'not_signed_in'
  | 'not_allowed'
  | 'gone'
  | 'schema'
  | 'too_large'
  | 'storage'
  | 'disk_full'
  | 'storage_broken'
  | 'damaged'
  | 'slow_down'

export type SaveState =
  | { light: 'opening' }
  | { light: 'saved' }
  | { light: 'saving' }
  | { light: 'unsaved'; reason: Reason; waiting: boolean; kept: boolean }

export interface Situation {
  connected: boolean
  /** The server's whole content has arrived on this connection. */
  synced: boolean
  everSynced: boolean
  /** Every update of this connection was answered. */
  settled: boolean
  /** Edits of this person that no server has. */
  pending: boolean
  /** All of those are in the browser's own store. */
  kept: boolean
  trouble: Reason | null
}

export function saveState(now: Situation): SaveState {
  if (now.trouble) return unsaved(now, now.trouble)
  if (!now.everSynced) return { light: 'opening' }
  if (!now.connected) return unsaved(now, 'offline')
  if (!now.synced || !now.settled || now.pending) return { light: 'saving' }
  return { light: 'saved' }
}

function unsaved({ pending, kept }: Situation, reason: Reason): SaveState {
  return { light: 'unsaved', reason, waiting: pending, kept }
}

/** How the server says that nothing can be kept now, in the detail of a refusal and the reason of a close. */
const failures: Record<string, Reason> = {
  storage_away: 'storage',
  storage_busy: 'storage',
  disk_full: 'disk_full',
  storage_broken: 'storage_broken',
  draft_damaged: 'damaged',
}

function failureOf(words: string): Reason | null {
  return words.startsWith('damaged:') ? 'damaged' : (failures[words] ?? null)
}

export function storageFails(trouble: Reason | null): boolean {
  return trouble !== null && ['storage', 'disk_full', 'storage_broken'].includes(trouble)
}

/** Close codes of `/sync` (docs/integrators/wire.md). `null`: nothing wrong, come back. */
export function troubleOf(code: number, words = ''): Reason | null {
  if (code === 1012 && failureOf(words)) return failureOf(words)
  const reasons: Record<number, Reason> = {
    4401: 'not_signed_in',
    4403: 'not_allowed',
    4404: 'gone',
    4409: 'schema',
    4429: 'slow_down',
    1009: 'too_large',
  }
  return reasons[code] ?? null
}

/** Whether coming back by itself can help. */
export function mayReturn(trouble: Reason | null): boolean {
  return trouble === null || trouble === 'slow_down' || trouble === 'restarting' || storageFails(trouble)
}

/** Refusals that pass, by themselves or once a damaged draft was restored: the edit is kept and brought again. */
export function passing(code: RefusalCode, detail = ''): Reason | null {
  if (code === 'not_saved') return failureOf(detail) ?? 'storage'
  return code === 'slow_down' ? 'slow_down' : null
}
