/** The verdict as one big sentence and one small one. */
import type { Verdict, Verification } from '../api/types'
import { t } from '../messages/verification'

export type Tone = 'good' | 'wait' | 'bad'

export interface Told {
  readonly tone: Tone
  readonly sentence: string
  readonly detail: string
}

export function tell(found: Verification): Told {
  switch (found.verdict) {
    case 'valid':
      return told(found, t('v.valid', { n: found.signatures.length }))
    case 'valid_later_signature':
      return told(found, t('v.valid_later_signature'))
    case 'modified':
      return { tone: 'bad', sentence: changedSentence(found), detail: t('v.modified.detail') }
    default:
      return bad(found.verdict)
  }
}

/** A valid signature on an older version is no reason to act by it. */
function told(found: Verification, valid: string): Told {
  if (!found.known) return { tone: 'good', sentence: valid, detail: t('v.valid.unknown') }
  if (found.known.current) return { tone: 'good', sentence: `${valid} ${t('v.valid.current')}`, detail: '' }
  return { tone: 'wait', sentence: `${valid} ${t('v.valid.superseded')}`, detail: '' }
}

function bad(verdict: Exclude<Verdict, 'valid' | 'valid_later_signature' | 'modified'>): Told {
  return { tone: verdict === 'unsigned' ? 'wait' : 'bad', sentence: t(`v.${verdict}`), detail: t(`v.${verdict}.detail`) }
}

function changedSentence(found: Verification): string {
  const pages = [...new Set(found.changes.flatMap((change) => (change.page ? [change.page] : [])))].toSorted((one, other) => one - other)
  if (pages.length === 0) return t('v.modified')
  return t('v.modified.pages', { pages: pages.length === 1 ? t('onPageOne', { pages: String(pages[0]) }) : t('onPages', { pages: joined(pages) }) })
}

function joined(pages: readonly number[]): string {
  return `${pages.slice(0, -1).join(', ')} ${t('and')} ${pages.at(-1)}`
}
