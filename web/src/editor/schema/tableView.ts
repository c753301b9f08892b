/** Tables on the paper: widths of columns are shares of the paper's width, as they are on the printed page. */
import { TableView } from '@tiptap/extension-table'
import type { Node } from '@tiptap/pm/model'
import type { EditorView } from '@tiptap/pm/view'

export class PaperTable extends TableView {
  constructor(node: Node, cellMinWidth: number, view?: EditorView, attributes?: Record<string, unknown>) {
    super(node, cellMinWidth, view, attributes)
    share(this.table, this.colgroup)
  }

  override update(node: Node): boolean {
    const taken = super.update(node)
    if (taken) share(this.table, this.colgroup)
    return taken
  }
}

function share(table: HTMLTableElement, colgroup: HTMLElement): void {
  const columns = [...colgroup.children] as HTMLElement[]
  const widths = columns.map((column) => Number.parseFloat(column.style.width) || 0)
  const total = widths.reduce((sum, width) => sum + width, 0)
  table.style.width = ''
  table.style.minWidth = ''
  for (const [n, column] of columns.entries()) {
    column.style.minWidth = ''
    column.style.width = widths.every(Boolean) ? `${((100 * (widths[n] ?? 0)) / total).toFixed(2)}%` : ''
  }
}
