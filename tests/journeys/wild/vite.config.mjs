/** One script of the page, of the example in the guide, and of packages that the application has installed. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const [, example] = /```js\n(.*?)```/s.exec(readFileSync(at('../../../docs/integrators/clients.md'), 'utf8'))
const GUIDE = '\0guide.js'

const guide = {
  name: 'guide',
  enforce: 'pre',
  resolveId(source, importer) {
    if (source === 'guide') return GUIDE
    const bare = !source.startsWith('.') && !source.startsWith('/')
    const ours = importer === GUIDE || importer === at('page.js')
    return bare && ours ? this.resolve(source, at('../../../web/src/main.ts'), { skipSelf: true }) : null
  },
  load: (id) => (id === GUIDE ? example : null),
}

export default {
  root: at('.'),
  configFile: false,
  logLevel: 'error',
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: [guide],
  build: {
    outDir: at('../../target/wild'),
    emptyOutDir: true,
    minify: false,
    lib: { entry: at('page.js'), formats: ['iife'], name: 'wild', fileName: () => 'page.js' },
  },
}
