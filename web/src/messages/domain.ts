import { catalogue } from '../i18n/catalogue'
import cs from './domain.cs'
import en from './domain.en'

export const t = catalogue({ cs, en })

type Group = 'state' | 'kind' | 'role' | 'round' | 'opinion' | 'handover'
type Plain = { [K in keyof typeof cs]: K extends `${Group}.${string}` ? K : never }[keyof typeof cs]

/** The word for a value that came from the server; a value we have no word for is shown as it is. */
export function word(group: Group, value: string): string {
  const key = `${group}.${value}`
  return key in cs ? t(key as Plain) : value
}

/** The kinds of document the office offers by default; any other word may be written instead. */
export const KINDS = [
  'document', 'rules', 'directive', 'ordinance', 'contract', 'opinion', 'resolution', 'decision', 'report',
  'notice', 'minutes', 'memorandum', 'methodology', 'price_list', 'statute', 'regulation',
] as const
