/** What waits for the person's signature. */
import { get } from '../api/client'

export interface Waiting {
  request: string
  document: string
  title: string
  reference?: string | null
  version: string
  fileHash: string
  pages?: number | null
  since: string
  due?: string | null
}

/** The person's own signature on this document, if it waits for it. */
export async function waitingHere(document: string): Promise<Waiting | null> {
  const desk = await get<Waiting[]>('/signing-desk')
  return desk.find((one) => one.document === document) ?? null
}
