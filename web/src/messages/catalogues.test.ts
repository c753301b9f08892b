import { expect, test } from 'vitest'

type Message = string | Readonly<Record<string, string>>
type Catalogue = Readonly<Record<string, Message>>
const czech = import.meta.glob<Catalogue>('./*.cs.ts', { eager: true, import: 'default' })
const english = import.meta.glob<Catalogue>('./*.en.ts', { eager: true, import: 'default' })

const placeholders = (message: Message): string[] => {
  const text = typeof message === 'string' ? message : (message['other'] ?? '')
  return [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? '').toSorted()
}

test.each(Object.keys(czech))('%s says the same in English, with the same placeholders', (file) => {
  const cs = czech[file] ?? {}
  const en = english[file.replace('.cs.', '.en.')] ?? {}
  expect(Object.keys(en).toSorted()).toEqual(Object.keys(cs).toSorted())
  for (const [key, message] of Object.entries(cs)) {
    expect(en[key], key).toBeDefined()
    expect(placeholders(en[key] ?? ''), key).toEqual(placeholders(message))
  }
})

test.each(Object.keys(czech))('%s has every Czech plural in three forms', (file) => {
  for (const [key, message] of Object.entries(czech[file] ?? {})) {
    if (typeof message === 'string') continue
    expect(Object.keys(message), key).toEqual(expect.arrayContaining(['one', 'few', 'other']))
  }
})
