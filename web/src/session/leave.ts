/** Signing out by one's own hand. Text that waits on this computer is wiped by it, so that is said first. */
import { toastFailure } from '../components/toasts.svelte'
import { t } from '../messages/session'
import { documentsWaiting } from '../sync/kept'
import { session, signOut } from './session.svelte'

export async function leave(where: 'here' | 'everywhere' = 'here'): Promise<void> {
  const waiting = await documentsWaiting(session.me.id).catch(() => 0) // a browser without a store keeps nothing
  if (waiting > 0 && !confirm(t('leaveWaiting', { n: waiting }))) return
  await signOut(where).catch(toastFailure)
}
