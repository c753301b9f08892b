/** Bringing an earlier text back: the person who did it may take it back, the others are told, and nobody's steps before it count. */
import { get, post } from '../api/client'
import type { Fact } from '../api/types'
import { dismiss, toast, toastFailure } from '../components/toasts.svelte'
import { dateAndTime } from '../dates/wording'
import { directory } from '../directory/directory.svelte'
import { onFact } from '../live/live.svelte'
import { t } from '../messages/workspace'

interface Moment {
  seq: number
  at: string
  until?: string | null
}

const pathOf = (document: string): string => `/documents/${document}/history`
const toRestore = (document: string, seq: number): Promise<{ seq: number }> => post(`${pathOf(document)}/${seq}/restore`)

/** The latest first, those that ended before entry `after` of the journal. */
async function momentsOf(document: string, query: { limit: number; after?: number }): Promise<Moment[]> {
  return (await get<{ items: Moment[] }>(pathOf(document), { query })).items
}

/** Makes the draft say what it said at a moment, and offers the way back. */
export async function restore(document: string, seq: number): Promise<void> {
  const [before] = await momentsOf(document, { limit: 1 })
  const after = await toRestore(document, seq)
  const alone = before !== undefined && after.seq === before.seq + 1
  withdraw()
  if (alone) offer(() => void takeBack(document, before.seq, after.seq).catch(toastFailure))
  else toast(t('restored'), { tone: 'good' })
}

/** The way back that is open now. Undo leads there when no step of one's own is left: none reaches behind a restore. */
let open = $state.raw<(() => void) | null>(null)
let told: number | undefined

export function wayBack(): (() => void) | null {
  return open
}

function offer(back: () => void): void {
  open = () => {
    withdraw()
    back()
  }
  told = toast(t('restored'), { tone: 'good', action: { label: t('takeBack'), act: open }, stays: true })
}

/** Who writes on has taken the restored text as it is. */
function withdraw(): void {
  if (told !== undefined) dismiss(told)
  told = undefined
  open = null
}

/** Only while nobody has written since: their words would go with it. */
async function takeBack(document: string, before: number, after: number): Promise<void> {
  const [newest] = await momentsOf(document, { limit: 1 })
  if (newest?.seq !== after) return void toast(t('writtenSince'), { tone: 'bad' })
  await toRestore(document, before)
  toast(t('restoreTakenBack'), { tone: 'good' })
}

/** Calls `restored` after every restore of the document, whoever did it; returns how to stop. */
export function watchRestores(document: string, self: string, restored: () => void): () => void {
  const stop = onFact('draft.restored', (fact) => {
    if (fact.document !== document) return
    restored()
    if (fact.by !== self) void tellOf(document, fact)
  })
  addEventListener('beforeinput', wrote)
  return () => {
    stop()
    removeEventListener('beforeinput', wrote)
    withdraw()
  }
}

function wrote(event: Event): void {
  if (event.target instanceof Element && event.target.closest('.sheet')) withdraw()
}

async function tellOf(document: string, fact: Fact): Promise<void> {
  const seq = Number(fact.data['seq'])
  const found = await momentsOf(document, { limit: 1, after: seq + 1 }).catch(() => [])
  const then = found.find((moment) => moment.seq === seq)
  const name = directory.personName(fact.by ?? '') || t('somebody')
  toast(then ? t('restoredBy', { name, when: dateAndTime(then.until ?? then.at) }) : t('restoredEarlierBy', { name }))
}
