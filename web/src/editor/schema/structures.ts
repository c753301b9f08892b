/** Lists and tables: Tiptap's own, with the attributes of our schema. */
import { BulletList, ListItem, ListKeymap, OrderedList } from '@tiptap/extension-list'
import { Table, TableCell, TableHeader, TableRow } from '@tiptap/extension-table'
import { identity } from './attributes'
import { PaperTable } from './tableView'

const Bullets = BulletList.extend({
  addAttributes() {
    return { ...this.parent?.(), ...identity }
  },
})

const Numbers = OrderedList.extend({
  addAttributes() {
    return { ...this.parent?.(), ...identity }
  },
})

/** Any block may come first: two people who change a list at once can leave it so, and nothing in it may get lost. */
const Item = ListItem.extend({ content: 'block+' })

const Grid = Table.extend({
  addAttributes() {
    return { ...this.parent?.(), ...identity }
  },
})

/** Alignment of a cell is data, like that of a paragraph. */
const cellAlignment = {
  align: {
    default: null,
    parseHTML: (element: HTMLElement) => sideOf(element.dataset['align'] ?? element.style.textAlign) ?? sideOf(element.getAttribute('align')),
    renderHTML: (attrs: Record<string, unknown>) => (attrs['align'] ? { 'data-align': attrs['align'] } : {}),
  },
}

function sideOf(value: string | null): string | null {
  return value !== null && ['left', 'center', 'right'].includes(value) ? value : null
}

const Cell = TableCell.extend({
  addAttributes() {
    return { ...this.parent?.(), ...cellAlignment }
  },
})

const HeaderCell = TableHeader.extend({
  addAttributes() {
    return { ...this.parent?.(), ...cellAlignment }
  },
})

export const structures = [
  Bullets,
  Numbers,
  Item,
  ListKeymap,
  Grid.configure({ resizable: true, cellMinWidth: 48, lastColumnResizable: false, View: PaperTable }),
  TableRow,
  HeaderCell,
  Cell,
]
