/** Pictures that are pasted, dropped or chosen: sent to the server first, shown from there. */
import { Extension } from '@tiptap/core'
import { Plugin, PluginKey } from '@tiptap/pm/state'
import type { EditorView } from '@tiptap/pm/view'
import { beginStep } from './undoing'

export interface Picture {
  src: string
  width?: number | null
  height?: number | null
}

export interface PicturesOptions {
  /** Sends a file and gives what the server made of it; `null` when that failed and the person was told. */
  send: (file: File) => Promise<Picture | null>
}

export const Pictures = Extension.create<PicturesOptions>({
  name: 'pictures',
  addOptions: () => ({ send: () => Promise.resolve(null) }),
  addProseMirrorPlugins() {
    const { send } = this.options
    const take = (view: EditorView, files: FileList | undefined, at: number): boolean => {
      const pictures = [...(files ?? [])].filter((file) => file.type.startsWith('image/'))
      if (pictures.length === 0) return false
      void insertPictures(view, pictures, at, send)
      return true
    }
    return [
      new Plugin({
        key: new PluginKey('pictures'),
        props: {
          handlePaste: (view, event) => {
            const hasText = event.clipboardData?.types.includes('text/html') ?? false
            return !hasText && take(view, event.clipboardData?.files, view.state.selection.from)
          },
          handleDrop: (view, event, _slice, moved) => {
            const at = view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos
            return !moved && take(view, event.dataTransfer?.files, at ?? view.state.selection.from)
          },
        },
      }),
    ]
  },
})

export async function insertPictures(view: EditorView, files: File[], at: number, send: PicturesOptions['send']): Promise<void> {
  for (const file of files) {
    const picture = await send(file)
    const image = view.state.schema.nodes['image']
    if (!picture || !image || view.isDestroyed) continue
    const alt = file.name.replace(/\.\w+$/, '')
    const node = image.create({ src: picture.src, alt, width: picture.width ?? null, height: picture.height ?? null })
    const $at = view.state.doc.resolve(Math.min(at, view.state.doc.content.size))
    beginStep(view.state)
    view.dispatch(view.state.tr.insert($at.depth > 0 ? $at.after($at.depth) : $at.pos, node).scrollIntoView())
    beginStep(view.state)
  }
}
