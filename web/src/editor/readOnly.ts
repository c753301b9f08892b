/**
 * A paper that is only read. It keeps its caret, so that the keyboard can walk it and select a passage to talk about;
 * nothing that is typed, pasted or dropped gets into it.
 */
import { Extension, type Editor } from '@tiptap/core'
import { Plugin, PluginKey } from '@tiptap/pm/state'
import { isRemote } from './schema/identities'

declare module '@tiptap/core' {
  interface Storage {
    readOnly: { on: boolean }
  }
}

export const ReadOnly = Extension.create<{ on: boolean }, { on: boolean }>({
  name: 'readOnly',
  priority: 2000,
  addOptions: () => ({ on: false }),
  addStorage() {
    return { on: this.options.on }
  },
  addProseMirrorPlugins() {
    const state = this.storage
    const refuse = (_view: unknown, event: Event): boolean => {
      if (state.on) event.preventDefault()
      return state.on
    }
    return [
      new Plugin({
        key: new PluginKey('readOnly'),
        filterTransaction: (tr) => !state.on || !tr.docChanged || isRemote(tr),
        props: {
          handleDOMEvents: { beforeinput: refuse, paste: refuse, cut: refuse, drop: refuse, dragstart: refuse },
          // `inputmode` keeps the keyboard of a phone away
          attributes: (): Record<string, string> =>
            state.on ? { class: 'read-only', inputmode: 'none', 'aria-readonly': 'true', spellcheck: 'false' } : { spellcheck: 'true' },
        },
      }),
    ]
  },
})

export function mayWrite(editor: Editor): boolean {
  return !editor.storage.readOnly.on
}

/** Rights may change while the paper is open. */
export function setReadOnly(editor: Editor, on: boolean): void {
  if (editor.storage.readOnly.on === on) return
  editor.storage.readOnly.on = on
  editor.view.dispatch(editor.state.tr.setMeta('addToHistory', false))
}
