/**
 * Message catalogues with typed keys and placeholders, one per feature.
 *
 *   // messages/tasks.cs.ts     export default { count: { one: '{n} úkol', few: '{n} úkoly', other: '{n} úkolů' } } as const
 *   // messages/tasks.en.ts     export default { count: { one: '{n} task', other: '{n} tasks' } } satisfies Translation<typeof cs>
 *   // messages/tasks.ts        export const t = catalogue({ cs, en })
 *   // a template               {t('count', { n: tasks.length })}
 *
 * A plural message is chosen by `n`. Czech needs one, few and other; `many` (fractions) falls back to other.
 */
import { outOf } from './czech'
import { locale, type Locale } from './locale.svelte'

type Plural = { readonly one: string; readonly few?: string; readonly many?: string; readonly other: string }
type Message = string | Plural
type Source = Readonly<Record<string, Message>>

/** What a translation of the Czech source must hold: the same keys, plural where the source is plural. */
export type Translation<S extends Source> = { readonly [K in keyof S]: S[K] extends string ? string : Plural }

type Placeholders<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never
type Names<M> = M extends string ? Placeholders<M> : M extends Plural ? Placeholders<M['other']> | 'n' : never
type Values<M> = { readonly [K in Names<M>]: string | number }
type Arguments<M> = [Names<M>] extends [never] ? [] : [values: Values<M>]

/** `t(key)`, or `t(key, values)` when the message has placeholders. */
export type Translate<S extends Source> = <K extends keyof S & string>(key: K, ...values: Arguments<S[K]>) => string

const rules: Record<Locale, Intl.PluralRules> = { cs: new Intl.PluralRules('cs'), en: new Intl.PluralRules('en') }

export function catalogue<const S extends Source>(languages: { cs: S; en: Translation<S> }): Translate<S> {
  return (key, ...[values]) => {
    const language = locale()
    const message: Message = languages[language][key] as Message
    return filled(chosen(message, language, values), language, values)
  }
}

function chosen(message: Message, language: Locale, values: Readonly<Record<string, string | number>> | undefined): string {
  if (typeof message === 'string') return message
  const form = rules[language].select(Number(values?.['n'] ?? 0))
  return (form === 'one' || form === 'few' || form === 'many' ? message[form] : undefined) ?? message.other
}

function filled(pattern: string, language: Locale, values: Readonly<Record<string, string | number>> | undefined): string {
  if (!values) return pattern
  return pattern.replace(/((?<!\p{L})z )?\{(\w+)\}/gu, (whole, of: string | undefined, name: string) => {
    const value = values[name]
    if (value === undefined) return whole
    if (typeof value !== 'number') return (of ?? '') + value
    return (of && language === 'cs' ? `${outOf(value)} ` : (of ?? '')) + value.toLocaleString(language)
  })
}
