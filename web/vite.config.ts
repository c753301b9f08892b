import { svelte } from '@sveltejs/vite-plugin-svelte'
import { readdirSync, readFileSync } from 'node:fs'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import pdfjs from 'pdfjs-dist/package.json' with { type: 'json' }

const server = process.env['PARAPH_URL'] ?? 'http://localhost:8000'
const proxied = { target: server, changeOrigin: false }

/** Parts of PDF.js that it fetches by name when a file needs them: image decoders and character maps, not its sandbox for scripts. */
function pdfParts(): Plugin {
  return {
    name: 'pdf-parts',
    apply: 'build',
    generateBundle() {
      for (const folder of ['wasm', 'cmaps']) {
        const from = new URL(`node_modules/pdfjs-dist/${folder}/`, import.meta.url)
        for (const name of readdirSync(from).filter((file) => !file.startsWith('quickjs'))) {
          this.emitFile({ type: 'asset', fileName: `assets/pdfjs-${pdfjs.version}/${folder}/${name}`, source: readFileSync(new URL(name, from)) })
        }
      }
    },
  }
}

/** The face of the interface under a lasting address, for the pages that the server writes itself. */
function publicFonts(): Plugin {
  return {
    name: 'public-fonts',
    apply: 'build',
    generateBundle() {
      for (const script of ['latin', 'latin-ext']) {
        const file = new URL(`node_modules/@fontsource-variable/inter/files/inter-${script}-wght-normal.woff2`, import.meta.url)
        this.emitFile({ type: 'asset', fileName: `fonts/inter-${script}.woff2`, source: readFileSync(file) })
      }
    },
  }
}

export default defineConfig({
  plugins: [svelte(), pdfParts(), publicFonts()],
  build: {
    outDir: 'dist',
    target: 'es2022',
    assetsInlineLimit: 0, // the content policy allows no data: scripts or fonts
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
  },
  server: {
    port: 5173,
    proxy: {
      '/api': proxied,
      '/public': proxied,
      '/registry/v1': proxied,
      '/socket.io': { ...proxied, ws: true },
      '/sync': { ...proxied, ws: true },
    },
  },
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'], restoreMocks: true },
})
