/** Attributes that several nodes share, with their form in HTML (the clipboard and the page). */
import type { Attributes } from '@tiptap/core'

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

/** A whole number kept in a data attribute of the same name. */
export function integer(name: string, fallback: number | null): Attributes {
  return {
    [name]: {
      default: fallback,
      parseHTML: (element) => parse(element.getAttribute(`data-${name}`) ?? element.getAttribute(name)) ?? fallback,
      renderHTML: (attrs) => (attrs[name] === fallback ? {} : { [`data-${name}`]: attrs[name] }),
    },
  }
}

function parse(value: string | null): number | null {
  const number = Number.parseInt(value ?? '', 10)
  return Number.isFinite(number) ? number : null
}
