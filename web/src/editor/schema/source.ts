/** The schema of a document's content, as the server reads it: one file for both sides. */
import source from '../../../../review/schema.json'

export const schemaVersion: number = source.version
export const rootName: string = source.root

export interface AttributeSource {
  type: 'id' | 'string' | 'address' | 'integer' | 'boolean' | 'integers'
  values?: (string | number)[]
  default?: string | number | boolean
  minimum?: number
  maximum?: number
  maxLength?: number
  maxItems?: number
}

export interface NodeSource {
  group?: string
  content?: string
  attrs?: Record<string, AttributeSource>
}

export interface MarkSource {
  attrs: Record<string, AttributeSource>
  overlaps?: boolean
}

export const nodeSources = source.nodes as Record<string, NodeSource>
export const markSources = source.marks as Record<string, MarkSource>

/** Names of the nodes that carry a stable identity. */
export const identified: readonly string[] = Object.entries(nodeSources)
  .filter(([, node]) => node.attrs && 'id' in node.attrs)
  .map(([name]) => name)

/** Whether the server takes the number there; nothing else may be pasted. */
export function liesWithin(node: string, name: string, value: number): boolean {
  const bounds = nodeSources[node]?.attrs?.[name]
  return Number.isInteger(value) && value >= (bounds?.minimum ?? value) && value <= (bounds?.maximum ?? value)
}
