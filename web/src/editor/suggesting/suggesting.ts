/** The way of writing in which nothing is changed, only proposed. */
import { Extension, type Editor } from '@tiptap/core'
import type { Slice } from '@tiptap/pm/model'
import { Plugin, PluginKey, type Transaction } from '@tiptap/pm/state'
import { ReplaceStep } from '@tiptap/pm/transform'
import { dropped, pasted, placeOfDrop } from '../pictures'
import { isRemote, newId } from '../schema/identities'
import { takeWords } from './pasting'
import { proposed, type Reason } from './propose'
import { decide, suggestionAt, type Decision } from './suggestions'

declare module '@tiptap/core' {
  interface Storage {
    suggesting: { on: boolean }
  }
}

export interface SuggestingOptions {
  /** Whose proposals they are. */
  person: string
  /** Told when something cannot be proposed. */
  refused: (reason: Reason) => void
}

const decides = 'decides'

export const Suggesting = Extension.create<SuggestingOptions, { on: boolean }>({
  name: 'suggesting',
  priority: 1500, // before the rules that turn what is typed into structure
  addOptions: () => ({ person: '', refused: () => undefined }),
  addStorage: () => ({ on: false }),

  dispatchTransaction({ transaction, next }) {
    if (!transaction.docChanged || isRemote(transaction) || transaction.getMeta(decides)) return next(transaction)
    if (!this.storage.on) return next(transaction)
    const author = { id: this.options.person, newId, now: () => new Date() }
    const made = proposed(this.editor.state, transaction, author)
    if (typeof made === 'string') this.options.refused(made)
    else next(made)
  },

  addProseMirrorPlugins() {
    const { storage, options } = this
    return [
      new Plugin({
        key: new PluginKey('suggesting'),
        // What one writes straight into words that are to go is not itself to go.
        appendTransaction: (transactions, _before, state) => {
          const written = transactions.filter((tr) => tr.docChanged && !isRemote(tr) && !tr.getMeta(decides))
          return storage.on || written.length === 0 ? null : keepWritten(written, state.tr)
        },
        props: {
          handleDOMEvents: {
            // A letter composed over a selection: what goes stays on the page, so it must not be part of the composing.
            compositionstart: (view) => {
              if (storage.on && !view.state.selection.empty) view.dispatch(view.state.tr.deleteSelection())
              return false
            },
          },
          handlePaste: (view, { clipboardData }, slice) =>
            storage.on && takeWords(view, { slice, data: clipboardData }, (words) => pasted(view.state, words), options.refused),
          handleDrop: (view, event, slice, moved) => {
            const put = (words: Slice): Transaction => dropped(view.state, words, placeOfDrop(view, event))
            return storage.on && !moved && takeWords(view, { slice, data: event.dataTransfer }, put, options.refused)
          },
          handleTextInput: (view, _from, _to, _text, insert) => {
            if (!storage.on) return false
            view.dispatch(insert())
            return true
          },
        },
      }),
    ]
  },

  addKeyboardShortcuts() {
    const here = (decision: Decision) => () => {
      const id = suggestionAt(this.editor.state.selection.$from)
      if (id !== null) decideIn(this.editor, [id], decision)
      return id !== null
    }
    return { 'Alt-Enter': here('accept'), 'Alt-Backspace': here('refuse') }
  },
})

function keepWritten(written: readonly Transaction[], tr: Transaction): Transaction | null {
  const deletion = tr.doc.type.schema.marks['deletion']
  const [one] = written
  if (!deletion || !one || written.length > 1) return null
  for (const [n, step] of one.steps.entries()) {
    if (!(step instanceof ReplaceStep) || !step.slice.content.firstChild?.isText) continue
    const later = one.mapping.slice(n + 1)
    tr.removeMark(later.map(step.from), later.map(step.from + step.slice.size), deletion)
  }
  return tr.docChanged ? tr : null
}

export function setSuggesting(editor: Editor, on: boolean): void {
  if (editor.storage.suggesting) editor.storage.suggesting.on = on
}

/** Decides about proposals; one step back undoes it. */
export function decideIn(editor: Editor, ids: readonly string[], decision: Decision): void {
  const tr = decide(editor.state, new Set(ids), decision)
  if (tr.docChanged) editor.view.dispatch(tr.setMeta(decides, true).scrollIntoView())
}
