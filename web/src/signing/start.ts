/** Begins an act of signing. Throws what is answered before anything is signed, such as a wrong PIN. */
import { post } from '../api/client'
import type { Job, SigningOutcome } from '../api/types'

export type SigningJob = Job<unknown, SigningOutcome>

export function startSigning(requests: readonly string[], credential: string, pin: string): Promise<SigningJob> {
  return post<SigningJob>('/signing-acts', { requests, credential, ...(pin ? { pin } : {}) })
}
