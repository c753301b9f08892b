/** The marks of the schema: how text looks, where it links, and which passages are talked about. */
import { Mark, markInputRule, type Attributes } from '@tiptap/core'
import type { TagParseRule as ParseRule } from '@tiptap/pm/model'

interface Look {
  name: string
  tag: string
  also?: string[]
  style?: { property: string; test: (value: string) => boolean }
  key?: string
  input?: RegExp
  excludes?: string
}

const looks: Look[] = [
  { name: 'bold', tag: 'strong', also: ['b'], key: 'Mod-b', input: /(?:^|\s)(\*\*(?!\s)([^*]+)\*\*)$/,
    style: { property: 'font-weight', test: (value) => /^(bold(er)?|[6-9]\d{2})$/.test(value) } },
  { name: 'italic', tag: 'em', also: ['i'], key: 'Mod-i', style: { property: 'font-style', test: (value) => value === 'italic' } },
  { name: 'underline', tag: 'u', key: 'Mod-u' },
  { name: 'strike', tag: 's', also: ['del', 'strike'], key: 'Mod-Shift-s' },
  { name: 'subscript', tag: 'sub', key: 'Mod-,', excludes: 'superscript' },
  { name: 'superscript', tag: 'sup', key: 'Mod-.', excludes: 'subscript' },
]

export const lookMarks = looks.map((look) =>
  Mark.create({
    name: look.name,
    ...(look.excludes ? { excludes: `${look.name} ${look.excludes}` } : {}),
    parseHTML: () => [
      ...[look.tag, ...(look.also ?? [])].map((tag) => ({ tag, getAttrs: plain })),
      ...(look.style ? [styled(look.style)] : []),
    ],
    renderHTML: ({ HTMLAttributes }) => [look.tag, HTMLAttributes, 0],
    addKeyboardShortcuts() {
      return look.key ? { [look.key]: () => this.editor.commands.toggleMark(this.name) } : {}
    },
    addInputRules() {
      return look.input ? [markInputRule({ find: look.input, type: this.type })] : []
    },
  }),
)

/** Google Docs wraps everything in a bold element that says it is not bold. */
function plain(element: HTMLElement): false | null {
  return element.style.fontWeight === 'normal' ? false : null
}

function styled({ property, test }: NonNullable<Look['style']>) {
  return { style: property, getAttrs: (value: string) => (test(value) ? null : (false as const)) }
}

const safeSchemes = ['http:', 'https:', 'mailto:', 'tel:']

/** An address that may stand in a document: no script, no file, no data. */
export function safeHref(href: string): string | null {
  const trimmed = href.trim()
  if (/^[#/](?!\/)/.test(trimmed)) return trimmed
  try {
    return safeSchemes.includes(new URL(trimmed).protocol) ? trimmed : null
  } catch {
    return null
  }
}

export const Link = Mark.create({
  name: 'link',
  inclusive: false,
  addAttributes: () => Object.assign({}, ...['href', 'target', 'rel', 'class', 'title'].map(optional)) as Attributes,
  parseHTML: () => [
    {
      tag: 'a[href]',
      getAttrs: (element) => (safeHref(element.getAttribute('href') ?? '') ? null : false),
    },
  ],
  renderHTML: ({ HTMLAttributes }) => [
    'a',
    { href: safeHref(String(HTMLAttributes['href'] ?? '')) ?? '#', title: HTMLAttributes['title'], rel: 'noopener noreferrer' },
    0,
  ],
})

function optional(name: string): Attributes {
  const parseHTML = (element: HTMLElement) => (['href', 'title'].includes(name) ? element.getAttribute(name) : null)
  return { [name]: { default: null, parseHTML } }
}

/** A wording that is proposed: its two marks carry who proposes it and since when (`editor/suggesting`). */
export const Insertion = suggested('insertion', 'ins', [])
export const Deletion = suggested('deletion', 'del', [{ tag: 'del[data-suggestion]', ignore: true, priority: 60 }])

/** Copied text leaves its suggestions behind: what is proposed is copied as text, what is to go is not copied. */
function suggested(name: string, tag: string, copied: ParseRule[]) {
  return Mark.create({
    name,
    priority: 900,
    inclusive: false,
    addAttributes: () => Object.assign({}, ...['id', 'author', 'name', 'at'].map(kept)) as Attributes,
    parseHTML: () => copied,
    renderHTML: ({ mark }) => [tag, { class: 'suggested', 'data-suggestion': mark.attrs['id'] }, 0],
  })
}

function kept(name: string): Attributes {
  return { [name]: { default: null, rendered: false, parseHTML: () => null } }
}

/** The passage of a remark. Written by the server; several may overlap, so each carries the remark's id. */
export const Comment = Mark.create({
  name: 'comment',
  excludes: '',
  inclusive: false,
  addAttributes: () => ({
    id: {
      default: null,
      parseHTML: () => null,
      renderHTML: (attrs) => (attrs['id'] ? { 'data-remark': attrs['id'] } : {}),
    },
  }),
  parseHTML: () => [], // a copied passage is not talked about twice
  renderHTML: ({ HTMLAttributes }) => ['span', { ...HTMLAttributes, class: 'remarked' }, 0],
})
