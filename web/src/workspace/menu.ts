/** The acts of a document behind one button, by what the person may do and where the document stands. */
import { address } from '../api/client'
import type { DocumentItem, Version } from '../api/types'
import type { MenuItem } from '../components/Menu.svelte'
import { t } from '../messages/workspace'
import type { Doing } from './doing'
import type { Rights } from './rights'
import { isWritten } from './states'
import { notFinal } from './steps'
import type { Work } from './work.svelte'

interface Where {
  document: DocumentItem
  work: Work
  rights: Rights
  version: Version | undefined
  act: (what: Doing) => void
  /** Whether the text is coloured by its authors, and how to change that; only where a draft is shown. */
  authors?: { shown: boolean; toggle: () => void } | undefined
}

const formats = ['docx', 'pdf', 'html', 'markdown', 'text'] as const

export function menuOf({ document, work, rights, version, act, authors }: Where): (MenuItem | 'line')[] {
  return [...workItems(document, work, rights, act), ...versionItems(version), ...exports(document), 'line', ...authorItems(authors), ...aboutItems(rights, act)]
}

function authorItems(authors: Where['authors']): MenuItem[] {
  return authors ? [{ label: t('authors'), icon: 'people', hint: authors.shown ? '✓' : '', act: authors.toggle }] : []
}

function workItems(document: DocumentItem, work: Work, rights: Rights, act: Where['act']): (MenuItem | 'line')[] {
  const items: MenuItem[] = []
  const { round } = work
  const running = round && !['settled', 'cancelled'].includes(round.state)
  if (rights.runsRounds && !running && isWritten(document.state)) items.push({ label: t('roundNew'), icon: 'round', act: () => act({ what: 'round_new' }) })
  const wait = notFinal(round)
  if (rights.submits && isWritten(document.state)) items.push({ label: t('finalize'), icon: 'check', act: () => act({ what: 'finalize' }), ...(wait ? { disabled: true, why: wait } : {}) })
  const final = work.versions.findLast((one) => one.kind === 'final')
  if (rights.submits && final && work.versions.at(-1) === final) items.push({ label: t('sendToSign'), icon: 'sign', act: () => act({ what: 'signing', version: final }) })
  const signed = work.versions.findLast((one) => one.kind === 'signed' && !one.supersededBy)
  if (rights.changes && signed) items.push({ label: t('change'), icon: 'edit', act: () => act({ what: 'change', version: signed }) })
  return items.length > 0 ? [...items, 'line'] : []
}

function versionItems(version: Version | undefined): (MenuItem | 'line')[] {
  if (!version?.fileHash) return []
  return [{ label: t('versionFile', { number: version.number }), icon: 'download', href: address(`/versions/${version.id}/file`), download: true }]
}

function exports(document: DocumentItem): MenuItem[] {
  return formats.map((format) => ({
    label: t('exportAs', { format: t(`format_${format}`) }),
    icon: 'download',
    href: address(`/documents/${document.id}/content`, { format }),
    download: true,
  }))
}

function aboutItems(rights: Rights, act: Where['act']): MenuItem[] {
  const items: MenuItem[] = [
    { label: t('members'), icon: 'people', act: () => act({ what: 'members' }) },
    { label: t('history'), icon: 'history', act: () => act({ what: 'history' }) },
  ]
  if (rights.audits) items.push({ label: t('trail'), icon: 'list', act: () => act({ what: 'trail' }) })
  if (rights.submits) items.push({ label: t('rename'), icon: 'edit', act: () => act({ what: 'rename' }) })
  if (rights.submits) items.push({ label: t('statusCode'), icon: 'tag', act: () => act({ what: 'status_code' }) })
  return items
}
