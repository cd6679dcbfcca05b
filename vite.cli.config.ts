/** Builds the command `apexscope` of the installed package: Node does not strip types below node_modules. */
import path from 'node:path';
import { defineConfig, type Plugin } from 'vite';

/** `new URL('./x.ts', import.meta.url)`, which our code writes only to start a worker thread. */
const THREAD_URL = /new URL\('\.\/([\w-]+)\.ts', import\.meta\.url\)/g;

/**
 * Makes a file of its own, `<name>.js` in the output folder, of every worker thread that our code starts. All chunks must
 * lie in that folder too.
 */
export function workerThreads(): Plugin {
  return {
    name: 'worker-threads',
    // Why: before types are stripped and quotes change.
    enforce: 'pre',
    transform(code, id) {
      return code.replace(THREAD_URL, (_, name: string) => {
        this.emitFile({ type: 'chunk', id: path.join(path.dirname(id), `${name}.ts`), fileName: `${name}.js` });
        return `new URL('./${name}.js', import.meta.url)`;
      });
    },
  };
}

export default defineConfig({
  plugins: [workerThreads()],
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist/cli',
    emptyOutDir: true,
    rolldownOptions: {
      input: { apexscope: 'src-main/cli/start.ts' },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
    },
  },
});
