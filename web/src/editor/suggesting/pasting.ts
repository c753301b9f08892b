/** What is pasted or dropped while proposing: its words are proposed, its pictures refused before any of them is sent. */
import { Fragment, Slice, type Node } from '@tiptap/pm/model'
import type { Transaction } from '@tiptap/pm/state'
import type { EditorView } from '@tiptap/pm/view'
import { pictureFiles } from '../pictures'
import type { Reason } from './propose'

/** Says whether there were pictures; else it comes as anything that is written. */
export function takeWords(
  view: EditorView,
  { slice, data }: { slice: Slice; data: DataTransfer | null },
  put: (words: Slice) => Transaction,
  refused: (reason: Reason) => void,
): boolean {
  const held = holdsPicture(slice.content)
  const words = held ? Slice.maxOpen(withoutPictures(slice.content)) : slice
  if (!held && (words.size > 0 || pictureFiles(data).length === 0)) return false
  if (words.size > 0) view.dispatch(put(words).scrollIntoView())
  refused('things')
  return true
}

function holdsPicture(content: Fragment): boolean {
  return content.content.some((node) => node.type.name === 'image' || holdsPicture(node.content))
}

/** Paragraphs in which nothing but a picture stood go with it. */
function withoutPictures(content: Fragment): Fragment {
  const stays = (node: Node): boolean => node.type.name !== 'image' && !(node.isTextblock && node.childCount === 0)
  return Fragment.from(content.content.filter(stays).map((node) => (node.isText ? node : node.copy(withoutPictures(node.content)))))
}
