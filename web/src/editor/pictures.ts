/** Pictures that are pasted, dropped or chosen: sent to the server first, shown from there. */
import { Extension } from '@tiptap/core'
import type { Slice } from '@tiptap/pm/model'
import { Plugin, PluginKey, type EditorState, type Transaction } from '@tiptap/pm/state'
import { dropPoint, insertPoint } from '@tiptap/pm/transform'
import type { EditorView } from '@tiptap/pm/view'
import { clipboardParser, named, takeOut, type Coming } from './carried'
import { holdPlace } from './held'
import { beginStep } from './undoing'

export interface Picture {
  src: string
  width?: number | null
  height?: number | null
}

export interface PicturesOptions {
  /** Sends a file and gives what the server made of it; `null` when that failed and the person was told. */
  send: (file: File) => Promise<Picture | null>
  /** Told how many pictures of a pasted text could not come with it. */
  leftOut: (count: number) => void
}

export const Pictures = Extension.create<PicturesOptions>({
  name: 'pictures',
  priority: 1200, // before the rules that paste into tables
  addOptions: () => ({ send: () => Promise.resolve(null), leftOut: () => undefined }),
  addProseMirrorPlugins() {
    const { options } = this
    return [
      new Plugin({
        key: new PluginKey('pictures'),
        props: {
          clipboardParser: clipboardParser(this.editor.schema),
          handlePaste: (view, event, slice) => {
            const { selection } = view.state
            return take(view, event.clipboardData, selection.from, options, () => pasted(view.state, slice))
          },
          handleDrop: (view, event, slice, moved) => {
            const at = placeOfDrop(view, event)
            return !moved && take(view, event.dataTransfer, at, options, () => dropped(view.state, slice, at))
          },
        },
      }),
    ]
  },
})

/** The clipboard also holds a picture of a text that was copied; it counts only where there is nothing else. */
function take(view: EditorView, data: DataTransfer | null, at: number, { send, leftOut }: PicturesOptions, put: () => Transaction): boolean {
  const html = data?.getData('text/html') ?? ''
  const files = pictureFiles(data)
  const { pictures, words } = named(html)
  if (files.length > 0 && !words) {
    void insertPictures(view, files, at, send)
    return true
  }
  if (html === '') return false
  const tr = put()
  const { coming, broken } = takeOut(tr)
  if (pictures + broken > 0) leftOut(pictures + broken)
  if (coming.length + broken === 0) return false
  view.dispatch(tr.scrollIntoView())
  void bring(view, coming, send)
  return true
}

export function pictureFiles(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])].filter((file) => file.type.startsWith('image/'))
}

export function pasted(state: EditorState, slice: Slice): Transaction {
  return state.tr.replaceSelection(slice).setMeta('paste', true).setMeta('uiEvent', 'paste')
}

export function placeOfDrop(view: EditorView, { clientX, clientY }: DragEvent): number {
  return view.posAtCoords({ left: clientX, top: clientY })?.pos ?? view.state.selection.from
}

export function dropped(state: EditorState, slice: Slice, at: number): Transaction {
  const place = dropPoint(state.doc, at, slice) ?? at
  return state.tr.replaceRange(place, place, slice).setMeta('uiEvent', 'drop')
}

/** Puts pictures behind the block that a position is in. */
export function insertPictures(view: EditorView, files: File[], at: number, send: PicturesOptions['send']): Promise<void> {
  const $at = view.state.doc.resolve(Math.min(at, view.state.doc.content.size))
  const behind = $at.parent.isTextblock ? $at.after() : $at.pos
  return bring(view, files.map((file) => ({ file, at: behind })), send)
}

/** Each comes to its place when the server has it, wherever that has got to meanwhile. */
async function bring(view: EditorView, coming: readonly Coming[], send: PicturesOptions['send']): Promise<void> {
  const held = coming.map((one) => ({ ...one, place: holdPlace(view.state, one.at) }))
  for (const { file, alt = file.name.replace(/\.\w+$/, ''), place } of held) {
    const picture = await send(file)
    const image = view.state.schema.nodes['image']
    if (!picture || !image || view.isDestroyed) continue
    const node = image.create({ src: picture.src, alt, width: picture.width ?? null, height: picture.height ?? null })
    const at = insertPoint(view.state.doc, place(view.state), image)
    if (at === null) continue
    beginStep(view.state)
    view.dispatch(view.state.tr.insert(at, node).scrollIntoView())
    beginStep(view.state)
  }
}
