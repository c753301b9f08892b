/** Wordings proposed in the draft that is open: which there are, whether one proposes oneself, and deciding about them. */
import type { Editor } from '@tiptap/core'
import { toast } from '../components/toasts.svelte'
import { decideIn, setSuggesting } from '../editor/suggesting/suggesting'
import { suggestionsOf, type Decision, type Suggestion } from '../editor/suggesting/suggestions'
import type { Reason } from '../editor/suggesting/propose'
import { t } from '../messages/workspace'

const settle = 150 // milliseconds

export class Suggestions {
  /** Whether what is typed is only proposed. */
  on = $state(false)
  list = $state.raw<readonly Suggestion[]>([])
  #editor: Editor | undefined
  #told: Reason | null = null

  /** Follows the text of an editor until the answer is called. */
  attach(editor: Editor): () => void {
    this.#editor = editor
    setSuggesting(editor, this.on)
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = (): void => {
      timer = undefined
      const found = suggestionsOf(editor.state.doc)
      if (JSON.stringify(found) !== JSON.stringify(this.list)) this.list = found
    }
    const later = (): void => void (timer ??= setTimeout(look, settle))
    editor.on('update', later)
    look()
    return () => {
      clearTimeout(timer)
      editor.off('update', later)
      this.list = []
      this.#editor = undefined
    }
  }

  propose(on: boolean): void {
    this.on = on
    if (!this.#editor) return
    setSuggesting(this.#editor, on)
    this.#editor.commands.focus()
  }

  has(id: string): boolean {
    return this.list.some((one) => one.id === id)
  }

  /** Gives the suggestion to look at next, behind the one that was decided. */
  decide(ids: readonly string[], decision: Decision): string | null {
    const editor = this.#editor
    if (!editor || ids.length === 0) return null
    const next = this.list[this.list.findIndex((one) => one.id === ids[0]) + 1]?.id ?? null
    decideIn(editor, ids, decision)
    if (ids.length === 1) return next
    toast(t(decision === 'accept' ? 'suggestionsAccepted' : 'suggestionsRefused', { n: ids.length }), {
      tone: 'good',
      action: { label: t('takeBack'), act: () => editor.commands.undo() },
    })
    return null
  }

  /** Says why something cannot be proposed; the same reason is not repeated while it is on the screen. */
  explain = (reason: Reason): void => {
    if (this.#told === reason) return
    this.#told = reason
    setTimeout(() => (this.#told = null), 6000)
    toast(t(`cannotPropose_${reason}`), { action: { label: t('writeDirectly'), act: () => this.propose(false) } })
  }
}
