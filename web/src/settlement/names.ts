/** Names of consultees and classes, as cards and tables show them. */
import type { CommentClass, Consultee } from '../api/types'
import { directory } from '../directory/directory.svelte'
import { t } from '../messages/settlement'

export function consulteeName(consultee: Consultee | undefined): string {
  if (!consultee) return ''
  return consultee.department ? directory.departmentName(consultee.department) : directory.personName(consultee.person)
}

export function className(kind: CommentClass): string {
  return t(`class_${kind}`)
}
