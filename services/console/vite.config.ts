/**
 * The page as files that the server hands out: one script, one style, nothing from elsewhere. The
 * nonce is a placeholder which the server replaces in every answer (see `src/api/web-files.ts`).
 */
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** The server of `npm run dev`; it answers its own pages only, so their origin is given. */
const target = 'http://127.0.0.1:7272';

/** A browser has none: the page would stay empty. */
const noNode: Plugin = {
  name: 'no-node',
  enforce: 'pre',
  resolveId(source, importer) {
    if (!source.startsWith('node:')) return;
    this.error(`${importer} imports ${source}: the page may take types of it alone.`);
  },
};

export default defineConfig({
  server: { proxy: { '/v1': { target, changeOrigin: true, headers: { origin: target } } } },
  root: 'src/web',
  plugins: [noNode, react()],
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    target: 'es2023',
  },
});
