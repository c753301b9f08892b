/** The trail of a document: what each fact is about, in words, and the whole of it to take along. */
import { directory } from '../directory/directory.svelte'
import { factWords } from '../messages/facts'
import { t as settled } from '../messages/settlement'
import { t } from '../messages/workspace'

export interface Recorded {
  readonly seq: number
  readonly at: string
  readonly type: string
  readonly by?: string | null
  readonly data: Readonly<Record<string, unknown>>
  readonly hash: string
}

const states = ['draft', 'in_review', 'settling', 'ready', 'signing', 'signed', 'handed_over', 'withdrawn', 'superseded'] as const
const roles = ['submitter', 'editor', 'reviewer', 'signer', 'reader'] as const
const opinions = ['no_comments', 'with_comments', 'with_major_comments', 'not_competent'] as const
const settlements = ['accepted', 'partly', 'explained', 'rejected', 'withdrawn', 'duplicate'] as const

function oneOf<T extends string>(known: readonly T[], value: unknown): T | undefined {
  return known.find((one) => one === value)
}

/** Whose rights, which state, which round, comment or version, who is asked to sign. */
export function aboutFact(fact: Recorded): string {
  const { data } = fact
  const consultee = directory.departmentName(text(data['consultee']))
  return [numberOf(fact), consultee, ...people(data['person']), ...people(data['signers']), ...wordsOf(fact), text(data['reference']), text(data['archiveId']), text(data['reason'])]
    .filter(Boolean)
    .join(', ')
}

function numberOf({ type, data }: Recorded): string {
  const number = typeof data['number'] === 'number' ? data['number'] : text(data['number'])
  if (number === undefined) return ''
  if (/^(round|opinion)\./.test(type)) return t('round', { number })
  return type.startsWith('version.') ? t('versionShort', { number }) : t('number', { number })
}

function wordsOf({ type, data }: Recorded): string[] {
  const state = type === 'document.state' ? oneOf(states, data['state']) : undefined
  const role = type === 'role.changed' ? oneOf(roles, data['role']) : undefined
  const opinion = type.startsWith('opinion.') ? oneOf(opinions, data['kind']) : undefined
  const settlement = type.startsWith('settlement.') ? oneOf(settlements, data['kind']) : undefined
  return [
    state ? t(`state_${state}`) : '',
    role ? t(`role_${role}`) : '',
    opinion ? t(`opinion_${opinion}`) : '',
    settlement ? settled(`kind_${settlement}`) : '',
  ]
}

/** Who did it: a person, a registry client by its name, or the office's own clock. */
export function whoseFact({ by, data }: Recorded): string {
  const client = text(data['client'])
  return (by ? directory.personName(by) : '') || (client ? t('registryClient', { name: client }) : t('system'))
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function people(ids: unknown): string[] {
  const named = Array.isArray(ids) ? ids : [ids]
  return named.flatMap((id) => (typeof id === 'string' ? directory.personName(id) : []))
}

/** One line a fact, for a table program: quoted, and nothing in it begins a formula. */
export function csvOf(facts: readonly Recorded[]): string {
  const cell = (value: string | number): string => `"${String(value).replace(/^(?=[=+\-@])/, "'").replaceAll('"', '""')}"`
  const line = (fact: Recorded): string =>
    [fact.seq, fact.at, fact.type, factWords(fact.type), aboutFact(fact), whoseFact(fact), JSON.stringify(fact.data), fact.hash].map(cell).join(';')
  return ['seq;at;type;what;about;by;data;hash', ...facts.map(line)].join('\r\n')
}

/** Gives a text to the person as a file. */
export function saveText(name: string, type: string, content: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([content], { type }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
