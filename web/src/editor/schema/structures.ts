/** Lists and tables: Tiptap's own, with the attributes of our schema. */
import { BulletList, ListItem, ListKeymap, OrderedList } from '@tiptap/extension-list'
import { Table, TableCell, TableHeader, TableRow } from '@tiptap/extension-table'
import { identity } from './attributes'

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

const Grid = Table.extend({
  addAttributes() {
    return { ...this.parent?.(), ...identity }
  },
})

export const structures = [
  Bullets,
  Numbers,
  ListItem,
  ListKeymap,
  Grid.configure({ resizable: true, cellMinWidth: 48, lastColumnResizable: false }),
  TableRow,
  TableHeader,
  TableCell,
]
