/** What waits for the person's signature. */
import { get } from '../api/client'
import type { DeskItem } from '../api/types'

/** The person's own signature on this document, if it waits for it. */
export async function waitingHere(document: string): Promise<DeskItem | null> {
  const desk = await get<DeskItem[]>('/signing-desk')
  return desk.find((one) => one.document === document) ?? null
}
