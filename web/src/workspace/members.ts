/** The people of a document as rows that keep their places while one works with them. */
import type { MemberRole } from '../api/types'

export interface Member {
  readonly person: string
  readonly role: MemberRole
}

export interface Row extends Member {
  /** No longer one of the document's people; the row stays where it was. */
  readonly gone: boolean
}

/** The rows as they stand, told what is true now; whoever is new comes last. */
export function rowsAfter(rows: readonly Row[], members: readonly Member[]): Row[] {
  const roles = new Map(members.map(({ person, role }) => [person, role]))
  const kept = rows.map(({ person, role }) => ({ person, role: roles.get(person) ?? role, gone: !roles.has(person) }))
  const known = new Set(rows.map(({ person }) => person))
  return [...kept, ...members.filter(({ person }) => !known.has(person)).map((member) => ({ ...member, gone: false }))]
}
