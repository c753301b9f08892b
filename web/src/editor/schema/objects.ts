/** What stands in the text as one thing: pictures and footnotes. */
import { Node } from '@tiptap/core'
import { identity, integer } from './attributes'

const blobs = '/api/v1/blobs/'

/** Pictures live on our own server only: the content policy loads no other. */
export function ownPicture(src: string | null): src is string {
  return src !== null && src.startsWith(blobs)
}

export const Image = Node.create({
  name: 'image',
  group: 'block',
  draggable: true,
  addAttributes: () => ({
    ...identity,
    src: { default: null },
    alt: { default: null },
    title: { default: null },
    ...integer('image', 'width', null),
    ...integer('image', 'height', null),
  }),
  parseHTML: () => [
    { tag: 'img[src]', getAttrs: (element) => (ownPicture(element.getAttribute('src')) ? null : false) },
  ],
  renderHTML: ({ node, HTMLAttributes }) => {
    const { width, height, ...kept } = { ...HTMLAttributes, width: node.attrs['width'], height: node.attrs['height'] }
    const size = width && height ? { width, height } : {}
    return ['img', { ...kept, ...size, alt: node.attrs['alt'] ?? '', loading: 'lazy' }]
  },
})

/** A footnote is one sign in its paragraph; its text is edited in a small window of its own. */
export const Footnote = Node.create({
  name: 'footnote',
  group: 'inline',
  inline: true,
  content: 'text*',
  atom: true,
  isolating: true,
  selectable: true,
  parseHTML: () => [{ tag: 'sup[data-footnote]', priority: 60 }],
  renderHTML: () => ['sup', { 'data-footnote': '', class: 'footnote' }, 0],
  renderText: ({ node }) => ` [${node.textContent}]`,
  addNodeView() {
    return () => {
      const dom = document.createElement('sup')
      dom.className = 'footnote'
      dom.dataset['footnote'] = ''
      return { dom }
    }
  },
})
