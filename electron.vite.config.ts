import path from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'

const at = (...parts: string[]) => path.join(import.meta.dirname, ...parts)

/** Each becomes out/main/<name>.js. The ledger reader is the entry of a worker thread. */
const mainEntries = {
  index: at('src-main/index.ts'),
  headless: at('src-main/headless.ts'),
  'ledger-reader': at('src-main/ledger/reader-worker.ts'),
}

/** A sandboxed preload is one CommonJS file that can require nothing but Electron. */
const preloadBuild = {
  outDir: 'out/preload',
  externalizeDeps: false,
  rolldownOptions: {
    input: { preload: at('src-main/shell/preload.ts') },
    output: { format: 'cjs' as const, entryFileNames: '[name].cjs' },
  },
}

/** Both doors serve the page for paths such as /chat/<id>, from where `./assets` leads nowhere. */
const absoluteBase = { name: 'absolute-base', config: () => ({ base: '/' }) }

/** Without it the font is asked for when the first words are laid out, and they change under the eye. */
const preloadFont: Plugin = {
  name: 'preload-font',
  transformIndexHtml(_html, { bundle = {} }) {
    const font = Object.keys(bundle).find((file) => /inter-latin-wght-normal.*\.woff2$/.test(file))
    if (font === undefined) return []
    const attrs = { rel: 'preload', as: 'font', crossorigin: true, href: `/${font}` }
    return [{ tag: 'link', injectTo: 'head', attrs }]
  },
}

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      sourcemap: true,
      // What every start reads is bundled: a few files are read faster than hundreds. Development
      // dependencies are by themselves; zod is a dependency because `ai` needs it too.
      externalizeDeps: { exclude: ['zod'] },
      rolldownOptions: {
        input: mainEntries,
        // Beside the entries, so that a path relative to import.meta.url is the same in both.
        output: { chunkFileNames: '[name].js' },
      },
    },
  },
  preload: { build: preloadBuild },
  renderer: {
    root: at('src-renderer'),
    cacheDir: at('.cache/vite'),
    plugins: [react(), absoluteBase, preloadFont],
    build: {
      outDir: at('out/renderer'),
      minify: true,
      // In kB; the window is loaded from this machine, not over a network.
      chunkSizeWarningLimit: 1_000,
      // The policy allows fonts from files only.
      assetsInlineLimit: 0,
      rolldownOptions: { input: at('src-renderer/index.html') },
    },
    server: { host: '127.0.0.1', port: 5173 },
  },
})
