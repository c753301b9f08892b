/** Signing out by one's own hand. Text that waits on this computer is wiped by it, so that is said first. */
import { get, Unreachable } from '../api/client'
import type { Me } from '../api/types'
import { toast, toastFailure } from '../components/toasts.svelte'
import { t } from '../messages/session'
import { documentsWaiting } from '../sync/kept'
import { session, signOut } from './session.svelte'

export async function leave(where: 'here' | 'everywhere' = 'here'): Promise<void> {
  const waiting = await documentsWaiting(session.me.id).catch(() => 0) // a browser without a store keeps nothing
  try {
    if (waiting > 0) await get<Me>('/session') // nothing is promised that cannot be done
    if (waiting > 0 && !confirm(t('leaveWaiting', { n: waiting }))) return
    await signOut(where)
  } catch (error) {
    if (error instanceof Unreachable) toast(t(waiting > 0 ? 'stillInWaiting' : 'stillIn'), { tone: 'bad' })
    else toastFailure(error)
  }
}
