/** Mentions of people in plain text: `@` and the name, as it is written in the directory. */
import type { Person } from '../api/types'

export interface Mention {
  start: number
  end: number
  words: string
}

const most = 40
const offered = 6

/** The mention that is being written at the caret, if any. */
export function mentionAt(text: string, caret: number): Mention | null {
  const before = text.slice(Math.max(0, caret - most), caret)
  const match = /(?:^|[\s(])@([\p{L}.\- ]{0,30})$/u.exec(before)
  if (!match) return null
  const words = match[1] ?? ''
  return { start: caret - words.length - 1, end: caret, words }
}

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** People whose name has a word for each word written so far. */
export function suggestions(words: string, people: readonly Person[]): Person[] {
  const wanted = plain(words).split(/\s+/).filter(Boolean)
  const fits = (person: Person): boolean => {
    const names = plain(person.name).split(/\s+/)
    return wanted.every((word) => names.some((name) => name.startsWith(word)))
  }
  const found = people.filter((person) => fits(person) && plain(person.name) !== plain(words.trim()))
  return found.slice(0, offered)
}

/** The text with the name put in for what was written, and where the caret goes. */
export function mentioned(text: string, { start, end }: Mention, name: string): { text: string; caret: number } {
  const put = `@${name} `
  return { text: text.slice(0, start) + put + text.slice(end), caret: start + put.length }
}
