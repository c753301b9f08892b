/**
 * Pictures in pasted HTML. One that is carried within it (`data:`) can be sent to the server; one that is only named,
 * a file of Word's or an address on the web, cannot: nothing that belongs to others is ever loaded.
 */
import { DOMParser as Parser, type Node, type Schema } from '@tiptap/pm/model'
import type { Transaction } from '@tiptap/pm/state'
import { ownPicture } from './schema/objects'

const carried = /^data:(image\/(?:png|jpeg|gif|webp));base64,/

/** A picture on its way into the text, the place where it belongs, and what it says to those who cannot see it. */
export interface Coming {
  file: File
  at: number
  alt?: string
}

/** Reads what is pasted by the rules of the schema, and lets carried pictures stand for a moment. */
export function clipboardParser(schema: Schema): Parser {
  const stand = { tag: 'img[src^="data:"]', node: 'image', getAttrs: attributesOf }
  return new Parser(schema, [stand, ...Parser.fromSchema(schema).rules])
}

function attributesOf(element: HTMLElement): { src: string; alt: string | null } | false {
  const src = element.getAttribute('src') ?? ''
  return carried.test(src) && !isNothing(element) ? { src, alt: element.getAttribute('alt') } : false
}

/** Pages count their readers by pictures that nobody sees. */
function isNothing(element: Element): boolean {
  return ['width', 'height'].some((side) => Number.parseFloat(element.getAttribute(side) ?? '3') < 3)
}

/** How many pictures pasted HTML only names, and whether it says anything besides pictures. */
export function named(html: string): { pictures: number; words: boolean } {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  for (const unseen of body.querySelectorAll('style, script')) unseen.remove()
  const all = [...body.querySelectorAll('img[src], img[srcset]')].filter((element) => !isNothing(element))
  const lost = all.filter((element) => !carried.test(element.getAttribute('src') ?? '') && !ownPicture(element.getAttribute('src')))
  return { pictures: lost.length, words: (body.textContent ?? '').trim() !== '' }
}

/** Takes carried pictures out of what a transaction brings, before anybody sees it, and gives them with their places. */
export function takeOut(tr: Transaction): { coming: Coming[]; broken: number } {
  const found: { node: Node; pos: number }[] = []
  tr.doc.descendants((node, pos) => {
    if (node.type.name === 'image' && carried.test(String(node.attrs['src']))) found.push({ node, pos })
    return !node.isTextblock
  })
  const before = tr.steps.length
  for (const { pos } of found.toReversed()) remove(tr, pos)
  const gone = tr.mapping.slice(before)
  const files = found.map(({ node, pos }) => ({ file: fileOf(String(node.attrs['src'])), at: gone.map(pos, -1), alt: String(node.attrs['alt'] ?? '') }))
  const coming = files.filter((one): one is typeof one & { file: File } => one.file !== null)
  return { coming, broken: files.length - coming.length }
}

/** Where it was all that a cell or an item held, an empty paragraph stays. */
function remove(tr: Transaction, pos: number): void {
  const $pos = tr.doc.resolve(pos)
  const blank = tr.doc.type.schema.nodes['paragraph']?.createAndFill()
  if ($pos.parent.canReplace($pos.index(), $pos.index() + 1)) tr.delete(pos, pos + 1)
  else if (blank) tr.replaceWith(pos, pos + 1, blank)
}

function fileOf(src: string): File | null {
  const [head, type = ''] = carried.exec(src) ?? ['']
  try {
    const bytes = Uint8Array.from(atob(src.slice(head.length)), (sign) => sign.charCodeAt(0))
    return new File([bytes], `picture.${type.slice('image/'.length)}`, { type })
  } catch {
    return null
  }
}
