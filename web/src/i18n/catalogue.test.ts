import { beforeEach, expect, test } from 'vitest'
import { catalogue } from './catalogue'
import { setLocale } from './locale.svelte'

const t = catalogue({
  cs: { hello: 'Dobrý den, {name}', tasks: { one: '{n} úkol', few: '{n} úkoly', other: '{n} úkolů' }, plain: 'Uložit' },
  en: { hello: 'Hello, {name}', tasks: { one: '{n} task', other: '{n} tasks' }, plain: 'Save' },
})

beforeEach(() => setLocale('cs'))

test('placeholders are filled', () => {
  expect(t('hello', { name: 'Evo' })).toBe('Dobrý den, Evo')
})

test('Czech counts in three forms', () => {
  expect([0, 1, 2, 4, 5, 21, 102].map((n) => t('tasks', { n }))).toEqual(['0 úkolů', '1 úkol', '2 úkoly', '4 úkoly', '5 úkolů', '21 úkolů', '102 úkolů'])
})

test('a change of language changes the next message', () => {
  setLocale('en')
  expect(t('plain')).toBe('Save')
  expect(t('tasks', { n: 1 })).toBe('1 task')
  expect(document.documentElement.lang).toBe('en')
})
