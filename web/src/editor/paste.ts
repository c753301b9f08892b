/**
 * What is pasted, cleaned to the schema: Word's lists, footnotes and numbered paragraphs become ours; everything that
 * only looks is dropped. Works on a detached document; nothing in it is ever run or loaded.
 */
const invisible = 'script, style, meta, link, xml, title, head > *, o\\:p:empty'

export function cleaned(html: string): string {
  const page = new DOMParser().parseFromString(html, 'text/html')
  for (const element of page.querySelectorAll(invisible)) element.remove()
  dropComments(page)
  footnotes(page)
  lists(page)
  for (const paragraph of page.querySelectorAll('p')) numbered(paragraph)
  for (const element of page.body.querySelectorAll('*')) align(element)
  return page.body.innerHTML
}

function dropComments(page: Document): void {
  const walker = page.createTreeWalker(page, NodeFilter.SHOW_COMMENT)
  const found: Node[] = []
  while (walker.nextNode()) found.push(walker.currentNode)
  for (const comment of found) comment.parentNode?.removeChild(comment)
}

/** Word writes a footnote as a link to a division at the end; its words move to where it is called. */
function footnotes(page: Document): void {
  for (const call of page.querySelectorAll<HTMLAnchorElement>('a[href*="#_ftn"]:not([href*="#_ftnref"])')) {
    const id = (call.getAttribute('href') ?? '').split('#_')[1] ?? ''
    const note = page.getElementById(id)
    if (!note) continue
    note.querySelector('a[href*="_ftnref"]')?.remove()
    const sup = page.createElement('sup')
    sup.dataset['footnote'] = ''
    sup.textContent = (note.textContent ?? '').replace(/\s+/g, ' ').trim()
    call.replaceWith(sup)
    note.remove()
  }
}

/** The `type` of a numbered list: digits, letters or Roman numerals. */
type Numbering = '1' | 'a' | 'A' | 'i' | 'I'

interface Bullet {
  level: number
  /** How its list is numbered; null is a list of bullets. */
  numbering: Numbering | null
  paragraph: HTMLElement
}

/** Word's lists are paragraphs that know their level; runs of them become nested lists. */
export function lists(page: Document): void {
  const items = [...page.querySelectorAll<HTMLElement>('p[style*="mso-list"], p[class^="MsoListParagraph"]')].flatMap(bullet)
  let stack: { level: number; list: HTMLElement }[] = []
  let last: Element | null = null
  for (const item of items) {
    if (item.paragraph.previousElementSibling !== last) stack = []
    const list = listFor(page, stack, item)
    const entry = page.createElement('li')
    entry.append(...item.paragraph.childNodes)
    if (stack.length === 1 && list.childElementCount === 0) item.paragraph.before(list)
    item.paragraph.remove()
    list.append(entry)
    last = stack[0]?.list ?? null
  }
}

function bullet(paragraph: HTMLElement): Bullet[] {
  const level = /mso-list:\s*\S+\s+level(\d)/.exec(paragraph.getAttribute('style') ?? '')?.[1]
  const sign = paragraph.querySelector<HTMLElement>('[style*="mso-list:Ignore"], [style*="mso-list: Ignore"]')
  if (!level) return []
  const printed = (sign?.textContent ?? '').trim()
  sign?.remove()
  if (/^(\(\d+\)|[a-z]\)|Čl\.)/.test(printed)) {
    paragraph.prepend(`${printed} `)
    return []
  }
  return [{ level: Number(level), numbering: numberingOf(printed), paragraph }]
}

/** By what Word printed at the first item: "i." begins Roman numerals, any other letter an alphabet. */
function numberingOf(printed: string): Numbering | null {
  const sign = /^(\w+)[.)]$/.exec(printed)?.[1]
  if (!sign) return null
  if (sign === 'i' || sign === 'I') return sign
  return /^[a-z]/.test(sign) ? 'a' : /^[A-Z]/.test(sign) ? 'A' : '1'
}

function listFor(page: Document, stack: { level: number; list: HTMLElement }[], item: Bullet): HTMLElement {
  while (stack.length > 0 && (stack.at(-1)?.level ?? 0) > item.level) stack.pop()
  const open = stack.at(-1)
  if (open?.level === item.level) return open.list
  const list = page.createElement(item.numbering ? 'ol' : 'ul')
  if (item.numbering && item.numbering !== '1') list.setAttribute('type', item.numbering)
  open?.list.lastElementChild?.append(list)
  stack.push({ level: item.level, list })
  return list
}

const numbers: [RegExp, string, string?][] = [
  [/^\s*Čl(?:ánek|\.)\s*\d+\.?\s*/i, 'article'],
  [/^\s*\(\d{1,3}\)\s+/, 'clause'],
  [/^\s*[a-z]\)\s+/, 'point', '1'],
]

/** A paragraph that begins with a number of ours becomes that block, and the typed number goes. */
function numbered(paragraph: HTMLParagraphElement): void {
  const text = paragraph.textContent ?? ''
  const found = numbers.find(([pattern]) => pattern.test(text))
  if (!found || paragraph.closest('li, td, th') || paragraph.dataset['block']) return
  cut(paragraph, found[0].exec(text)?.[0].length ?? 0)
  paragraph.dataset['block'] = found[1]
  if (found[2]) paragraph.dataset['level'] = found[2]
}

/** Takes signs away from the beginning of an element's text. */
function cut(element: Node, count: number): void {
  let left = count
  for (const child of [...element.childNodes]) {
    if (left <= 0) return
    const length = child.textContent?.length ?? 0
    if (length <= left) child.remove()
    else if (child.nodeType === Node.TEXT_NODE) child.textContent = (child.textContent ?? '').slice(left)
    else cut(child, left)
    left -= length
  }
}

/** Alignment is the one look that is kept, as data. */
function align(element: Element): void {
  const style = element.getAttribute('style') ?? ''
  const wanted = /text-align:\s*(center|right|justify)/.exec(style)?.[1] ?? element.getAttribute('align')
  if (wanted && /^(P|H[1-6])$/.test(element.tagName)) element.setAttribute('data-align', wanted)
}
