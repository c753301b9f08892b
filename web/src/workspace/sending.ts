/** Pictures of a draft, on their way to the server. */
import { upload } from '../api/client'
import { toastFailure } from '../components/toasts.svelte'
import type { Picture } from '../editor/pictures'

/** Sends a file into the document; null when it could not be taken, which was said then. */
export function sender(document: string): (file: File) => Promise<Picture | null> {
  return async (file) => {
    try {
      return await upload<Picture>(`/documents/${document}/images`, file)
    } catch (error) {
      toastFailure(error)
      return null
    }
  }
}
