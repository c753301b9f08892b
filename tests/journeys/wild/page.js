/** A page of other people: Tiptap with y-websocket, joined as the guide says. `ticket` is put in from outside. */
import { Extension } from '@tiptap/core'
import Bold from '@tiptap/extension-bold'
import Document from '@tiptap/extension-document'
import Heading from '@tiptap/extension-heading'
import Italic from '@tiptap/extension-italic'
import Paragraph from '@tiptap/extension-paragraph'
import Text from '@tiptap/extension-text'
import { join } from 'guide'
import { schemaExtensions } from '../../../web/src/editor/schema/extensions'
import { Identities } from '../../../web/src/editor/schema/identities'

const declared = Extension.create({
  name: 'declared',
  addGlobalAttributes: () => [
    { types: ['paragraph', 'heading'], attributes: { id: { default: null, keepOnSplit: false }, textAlign: { default: null } } },
  ],
})

const nodes = {
  plain: [Document, Paragraph, Text, Heading.configure({ levels: [1, 2, 3, 4] }), Bold, Italic, declared],
  paraph: [...schemaExtensions, Identities],
}

const asked = new URL(location.href).searchParams
const { provider } = join(document.body, asked.get('sync'), asked.get('document'), nodes[asked.get('nodes')], window.ticket)
provider.on('status', ({ status }) => (document.title = status))
