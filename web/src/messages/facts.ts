import { catalogue } from '../i18n/catalogue'
import cs from './facts.cs'
import en from './facts.en'

export const t = catalogue({ cs, en })

type Known = keyof typeof cs

/** A fact in two or three words; a type we have no words for is named by what it is about. */
export function factWords(type: string): string {
  return type in cs ? t(type as Known) : type
}
