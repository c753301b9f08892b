/** How every block of a content is cited, without an editor: the table needs no more of the document. */
import type { Content, ContentNode } from '../api/types'
import { citation, Counter } from '../editor/numbering'

export function citationsOf(content: Content): Map<string, string> {
  const counter = new Counter()
  const cited = new Map<string, string>()
  let heading = ''
  const visit = (node: ContentNode): void => {
    const numbers = counter.next({ type: node.type, level: Number(node.attrs?.['level'] ?? 1) })
    if (node.type === 'heading') heading = textOf(node)
    const id = node.attrs?.['id']
    if (typeof id === 'string') cited.set(id, citation(numbers) || heading)
    for (const child of node.content ?? []) visit(child)
  }
  for (const node of content.content) visit(node)
  return cited
}

function textOf(node: ContentNode): string {
  return node.text ?? (node.content ?? []).map(textOf).join('')
}
