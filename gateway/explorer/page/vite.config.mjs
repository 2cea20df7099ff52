// Builds the page; gateway/explorer/pages.py serves it below /explorer/.
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/explorer/',
  build: {
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // a font as a file is cached by itself and needs no data: address
    chunkSizeWarningLimit: 4000, // the editor is one large chunk by its nature
    reportCompressedSize: false,
  },
  worker: { format: 'es' },
});
