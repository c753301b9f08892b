/** The plain blocks of a document: paragraph, heading, quotation, rule, page break. */
import { Node, textblockTypeInputRule, wrappingInputRule, nodeInputRule } from '@tiptap/core'
import { alignment, identity } from './attributes'

export const levels = [1, 2, 3, 4] as const
export type Level = (typeof levels)[number]

export const Doc = Node.create({ name: 'doc', topNode: true, content: 'block+' })

export const Text = Node.create({ name: 'text', group: 'inline' })

export const Paragraph = Node.create({
  name: 'paragraph',
  priority: 1000, // the first block of the schema is what empty places are filled with
  group: 'block',
  content: 'inline*',
  addAttributes: () => ({ ...identity, ...alignment }),
  parseHTML: () => [{ tag: 'p' }],
  renderHTML: ({ HTMLAttributes }) => ['p', HTMLAttributes, 0],
  addKeyboardShortcuts() {
    return { 'Mod-Alt-0': () => this.editor.commands.setNode(this.name) }
  },
})

export const Heading = Node.create({
  name: 'heading',
  group: 'block',
  content: 'inline*',
  defining: true,
  addAttributes: () => ({ ...identity, ...alignment, level: { default: 1, rendered: false } }),
  parseHTML: () => [
    ...levels.map((level) => ({ tag: `h${level}`, attrs: { level } })),
    ...[5, 6].map((level) => ({ tag: `h${level}`, attrs: { level: 4 } })),
  ],
  renderHTML: ({ node, HTMLAttributes }) => [`h${node.attrs['level'] as Level}`, HTMLAttributes, 0],
  addKeyboardShortcuts() {
    const shortcut = (level: Level) => ({
      [`Mod-Alt-${level}`]: () =>
        this.editor.isActive(this.name, { level })
          ? this.editor.commands.setNode('paragraph')
          : this.editor.commands.setNode(this.name, { level }),
    })
    return Object.assign({}, ...levels.map(shortcut))
  },
  addInputRules() {
    const getAttributes = (match: RegExpMatchArray) => ({ level: match[1]?.length ?? 1 })
    return [textblockTypeInputRule({ find: /^(#{1,4})\s$/, type: this.type, getAttributes })]
  },
})

export const Blockquote = Node.create({
  name: 'blockquote',
  group: 'block',
  content: 'block+',
  defining: true,
  addAttributes: () => ({ ...identity }),
  parseHTML: () => [{ tag: 'blockquote' }],
  renderHTML: ({ HTMLAttributes }) => ['blockquote', HTMLAttributes, 0],
  addInputRules() {
    return [wrappingInputRule({ find: /^\s*>\s$/, type: this.type })]
  },
})

export const HorizontalRule = Node.create({
  name: 'horizontalRule',
  group: 'block',
  addAttributes: () => ({ ...identity }),
  parseHTML: () => [{ tag: 'hr' }],
  renderHTML: ({ HTMLAttributes }) => ['hr', HTMLAttributes],
  addInputRules() {
    return [nodeInputRule({ find: /^(?:---|—-)$/, type: this.type })]
  },
})

export const PageBreak = Node.create({
  name: 'pageBreak',
  group: 'block',
  addAttributes: () => ({ ...identity }),
  parseHTML: () => [{ tag: 'div[data-page-break]' }],
  renderHTML: ({ HTMLAttributes }) => ['div', { ...HTMLAttributes, 'data-page-break': '', class: 'page-break' }],
  addKeyboardShortcuts() {
    return { 'Mod-Enter': () => this.editor.commands.insertContent({ type: this.name }) }
  },
})

export const HardBreak = Node.create({
  name: 'hardBreak',
  group: 'inline',
  inline: true,
  selectable: false,
  linebreakReplacement: true,
  parseHTML: () => [{ tag: 'br' }],
  renderHTML: () => ['br'],
  renderText: () => '\n',
  addKeyboardShortcuts() {
    return { 'Shift-Enter': () => this.editor.commands.insertContent({ type: this.name }) }
  },
})
