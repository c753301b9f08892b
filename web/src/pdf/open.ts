/** PDF.js, loaded with the first PDF; its worker is a file of ours. */
import type { PDFDocumentLoadingTask, PDFDocumentProxy } from 'pdfjs-dist'
import { version } from 'pdfjs-dist/package.json'
import workerAddress from 'pdfjs-dist/build/pdf.worker.min.mjs?url'

/** Decoders and character maps that few files need; the build lays them there. */
const PARTS = `/assets/pdfjs-${version}/`

/**
 * Opens bytes as they are; nothing is fetched and no script of the file runs. The bytes are copied first, because
 * the worker takes them over.
 */
export async function openPdf(data: Uint8Array): Promise<{ document: PDFDocumentProxy; close: () => void }> {
  const { getDocument, GlobalWorkerOptions } = await import('pdfjs-dist')
  GlobalWorkerOptions.workerSrc = workerAddress
  const task: PDFDocumentLoadingTask = getDocument({
    data: data.slice(),
    enableXfa: false,
    disableAutoFetch: true,
    disableStream: true,
    useSystemFonts: true,
    wasmUrl: `${PARTS}wasm/`,
    cMapUrl: `${PARTS}cmaps/`,
    cMapPacked: true,
  })
  return { document: await task.promise, close: () => void task.destroy() }
}
