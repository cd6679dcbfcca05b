/** Builds the program with a window into `out/`: main process, the two processes it starts, preload, page. */
import path from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';
import { licences } from './build/licences.ts';
import { workerThreads } from './vite.cli.config.ts';

const root = import.meta.dirname;

export default defineConfig({
  main: {
    plugins: [workerThreads()],
    build: {
      outDir: 'out/main',
      rolldownOptions: {
        input: {
          main: 'src-main/electron/main.ts',
          'project-process': 'src-main/service/processes/project-process.ts',
          'compute-process': 'src-main/service/processes/compute-process.ts',
        },
        // Why: worker threads are found beside the file that starts them.
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: 'src-main/electron/preload.ts' },
        // Why: a sandboxed preload script must be one CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src-renderer',
    // Why: vite's root is src-renderer; svelte would look for its settings there.
    plugins: [svelte({ configFile: false }), licences(root)],
    build: {
      outDir: path.join(root, 'out/renderer'),
      emptyOutDir: true,
      minify: true,
      // The page comes from disk, at once.
      chunkSizeWarningLimit: 5000,
      // Why: a preloaded module would be a data address, which the content policy refuses.
      assetsInlineLimit: 0,
      rolldownOptions: { input: { index: path.join(root, 'src-renderer/index.html') } },
    },
  },
});
