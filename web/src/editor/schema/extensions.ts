/** All extensions that make the schema, in one list: every paper of the application is built from it. */
import type { AnyExtension } from '@tiptap/core'
import { Blockquote, Doc, HardBreak, Heading, HorizontalRule, PageBreak, Paragraph, Text } from './blocks'
import { Comment, Deletion, Insertion, Link, lookMarks } from './marks'
import { Article, Clause, Point } from './numbered'
import { Footnote, Image } from './objects'
import { structures } from './structures'

export const schemaExtensions: AnyExtension[] = [
  Doc,
  Text,
  Paragraph,
  Heading,
  Article,
  Clause,
  Point,
  ...structures,
  Blockquote,
  Image,
  HorizontalRule,
  PageBreak,
  Footnote,
  HardBreak,
  ...lookMarks,
  Link,
  Insertion,
  Deletion,
  Comment,
]
