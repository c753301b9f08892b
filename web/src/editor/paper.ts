/** Puts a paper on the page: the live draft of a room, or fixed content that is only read. */
import { Editor, Extension, type AnyExtension, type JSONContent } from '@tiptap/core'
import { Dropcursor, Gapcursor, Placeholder } from '@tiptap/extensions'
import type { Content } from '../api/types'
import type { Room } from '../sync/room'
import { Carets } from './carets'
import { OwnCaret } from './ownCaret'
import { cleaned } from './paste'
import { Passages } from './passages'
import type { OwnSteps } from './past'
import { Pictures, type PicturesOptions } from './pictures'
import { ReadOnly } from './readOnly'
import { schemaExtensions } from './schema/extensions'
import { Identities } from './schema/identities'
import { NumberedKeys } from './schema/numbered'
import { rootName } from './schema/source'
import { Suggesting, type SuggestingOptions } from './suggesting/suggesting'
import { takingBack } from './undoing'
import { Writing } from './writing'

interface Common {
  element: HTMLElement
  label: string
  /** A passage that is talked about was pressed; `null`: beside all of them. */
  chosen: (id: string | null) => void
}

export interface DraftOptions extends Common {
  room: Room
  steps: OwnSteps
  editable: boolean
  placeholder: string
  pictures: PicturesOptions
  /** Who writes. */
  person: string
  /** Told when something cannot be proposed. */
  refused: SuggestingOptions['refused']
}

/** The live draft of a room. */
export function draftPaper(options: DraftOptions): Editor {
  const { room, steps, editable } = options
  return paper(options, [
    ReadOnly.configure({ on: !editable }),
    takingBack(steps.before).configure({ fragment: room.doc.getXmlFragment(rootName), yUndoOptions: { undoManager: steps.manager() } }),
    Suggesting.configure({ person: options.person, refused: options.refused }),
    Carets.configure({ awareness: room.awareness }),
    OwnCaret,
    Identities,
    NumberedKeys,
    Writing,
    Dropcursor.configure({ class: 'drop-cursor', color: false, width: 2 }),
    Gapcursor,
    Placeholder.configure({ placeholder: options.placeholder }),
    Pictures.configure(options.pictures),
  ])
}

/** Whether a paper is that of a live draft. */
export function isDraft(editor: Editor): boolean {
  return 'collaboration' in editor.storage
}

/** Fixed content: a frozen version, an earlier moment. Text can be selected, nothing can be changed. */
export function fixedPaper(options: Common & { content: Content }): Editor {
  return paper(options, [ReadOnly.configure({ on: true })], { type: 'doc', content: options.content.content })
}

function paper(options: Common, extensions: AnyExtension[], content?: JSONContent): Editor {
  const { element, label, chosen } = options
  return new Editor({
    element,
    ...(content ? { content } : {}),
    injectCSS: false,
    enablePasteRules: false,
    extensions: [...schemaExtensions, Passages.configure({ chosen }), leaveByEscape, ...extensions],
    editorProps: {
      transformPastedHTML: cleaned,
      scrollThreshold: covered,
      scrollMargin: covered,
      attributes: {
        class: 'paper',
        lang: 'cs',
        role: 'textbox',
        'aria-multiline': 'true',
        'aria-label': label,
        tabindex: '0',
      },
    },
  })
}

/** Pixels at the edges of the window that the head of the page and the line of versions cover. */
const covered = { top: 170, right: 0, bottom: 64, left: 0 }

/** Tab belongs to the text; Esc lets go of it, so that the keyboard can leave the page. */
const leaveByEscape = Extension.create({
  name: 'leaveByEscape',
  addKeyboardShortcuts() {
    return {
      Escape: ({ editor }) => {
        editor.commands.blur()
        return true
      },
    }
  },
})
