/** Attributes that several nodes share, with their form in HTML (the clipboard and the page). */
import type { Attributes } from '@tiptap/core'
import { liesWithin } from './source'

const alignments = ['left', 'center', 'right', 'justify']

/** The stable id of a block; on the page it is `data-id`, so that several papers may stand on one page. */
export const identity: Attributes = {
  id: {
    default: null,
    parseHTML: (element) => element.getAttribute('data-id'),
    renderHTML: (attrs) => (attrs['id'] ? { 'data-id': attrs['id'] } : {}),
  },
}

/** Alignment is a data attribute, never an inline style: the content policy allows none. */
export const alignment: Attributes = {
  textAlign: {
    default: null,
    parseHTML: (element) => known(element.getAttribute('data-align') ?? element.style.textAlign),
    renderHTML: (attrs) => (attrs['textAlign'] ? { 'data-align': attrs['textAlign'] } : {}),
  },
}

function known(value: string): string | null {
  return alignments.includes(value) ? value : null
}

/** A whole number kept in a data attribute of the same name; beyond the bounds of the schema it is the fallback. */
export function integer(node: string, name: string, fallback: number | null): Attributes {
  return {
    [name]: {
      default: fallback,
      parseHTML: (element) => {
        const found = parse(element.getAttribute(`data-${name}`) ?? element.getAttribute(name))
        return found !== null && liesWithin(node, name, found) ? found : fallback
      },
      renderHTML: (attrs) => (attrs[name] === fallback ? {} : { [`data-${name}`]: attrs[name] }),
    },
  }
}

function parse(value: string | null): number | null {
  const number = Number.parseInt(value ?? '', 10)
  return Number.isFinite(number) ? number : null
}

/** What a parent extension reads from HTML, as long as the schema's bounds hold every number of it. */
export function bounded(node: string, name: string, inherited: Attributes | undefined): Attributes {
  const attribute = inherited?.[name]
  const read = attribute?.parseHTML ?? ((element: HTMLElement) => parse(element.getAttribute(name)))
  const parseHTML = (element: HTMLElement) => {
    const found: unknown = read(element)
    const numbers: unknown[] = Array.isArray(found) ? found : [found]
    return numbers.every((number) => liesWithin(node, name, number as number)) ? found : (attribute?.default ?? null)
  }
  return { [name]: { ...attribute, parseHTML } }
}
