/**
 * The page as files that the server hands out: one script, one style, nothing from elsewhere. The
 * nonce is a placeholder which the server replaces in every answer (see `src/api/web-files.ts`).
 */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'src/web',
  plugins: [react()],
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
