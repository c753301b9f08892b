/** What the state of a document means for its text. */
import type { DocumentState, Version } from '../api/types'

const written: readonly DocumentState[] = ['draft', 'in_review', 'settling', 'ready']

/** Whether the draft is written now: afterwards only a change is, and begins the next version. */
export function isWritten(state: DocumentState): boolean {
  return written.includes(state)
}

/** The signed version that holds until another one is signed. */
export function inForce(versions: readonly Version[]): Version | undefined {
  return versions.findLast((one) => one.kind === 'signed' && !one.supersededBy)
}
