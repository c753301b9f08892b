/** Pictures of a draft, on their way to the server. */
import { upload } from '../api/client'
import { toast, toastFailure } from '../components/toasts.svelte'
import type { Picture, PicturesOptions } from '../editor/pictures'
import { t } from '../messages/workspace'

/** Sends files into the document; what could not be taken is said at once. */
export function picturesOf(document: string): PicturesOptions {
  const send = async (file: File): Promise<Picture | null> => {
    try {
      return await upload<Picture>(`/documents/${document}/images`, file)
    } catch (error) {
      toastFailure(error)
      return null
    }
  }
  return { send, leftOut: (n) => void toast(t('picturesLeftOut', { n }), { stays: true }) }
}
