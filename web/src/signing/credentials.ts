/** What the person may sign with. */
import { get } from '../api/client'
import type { Credential } from '../api/types'

export function loadCredentials(signal?: AbortSignal): Promise<Credential[]> {
  return get<Credential[]>('/credentials', signal ? { signal } : {})
}
