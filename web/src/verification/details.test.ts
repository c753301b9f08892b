import { beforeEach, expect, test } from 'vitest'
import { setLocale } from '../i18n/locale.svelte'
import { detailWords } from './details'

beforeEach(() => setLocale('cs'))

test.each([
  ['the bytes differ from those that were signed', 'Bajty se liší od těch, které byly podepsány.'],
  ['signatures left: 2', 'Zbyly 2 podpisy.'],
  ["Podpis 1: bytes behind the signature's container", 'Za podpisem jsou v souboru další bajty.'],
  ['cannot be compared: PdfReadError: no trailer', 'S podepsanou podobou ho nelze porovnat.'],
])('"%s" is said as "%s"', (detail, words) => {
  expect(detailWords(detail)).toBe(words)
})

test('a finding without words of its own is left to the technical line', () => {
  expect(detailWords('/Root/Pages')).toBeUndefined()
})
