/**
 * `npm run bench:pack [-- <folder>]`: a folder of at most 60 MB that measures on another machine, which needs a GPU and
 * Python (with PyTorch, to compare), but neither Node nor network. Linux x64 only. `run.sh` in it says how to use it.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'vite';
import { TFJS_CASE_FILES } from '../test/engine/conformance/tfjs-cases.ts';
import { workerThreads } from '../vite.cli.config.ts';

const MOST_BYTES = 60e6;
const root = path.join(import.meta.dirname, '..');
const folder = path.resolve(process.argv[2] ?? path.join(root, '.bench-pack'));
const program = path.join(folder, 'dist', 'program');
const resolve = createRequire(import.meta.url).resolve;

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await bundleProgram();
copyPeers();
copyDawn();
pack(process.execPath, path.join(folder, 'node.xz'));
cpSync(path.join(root, 'bench/pack/run.sh'), path.join(folder, 'run.sh'));
const bytes = sizeOf(folder);
if (bytes > MOST_BYTES) throw new Error(`${folder} has ${bytes} bytes, expected at most ${MOST_BYTES}`);
process.stdout.write(`${folder}: ${(bytes / 1e6).toFixed(1)} MB. Copy it, then: ./run.sh <folder for results>\n`);

/** Everything but Dawn in a few files. */
async function bundleProgram(): Promise<void> {
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    plugins: [workerThreads()],
    ssr: { noExternal: true, external: ['webgpu'] },
    build: {
      ssr: true,
      target: 'node24',
      outDir: program,
      emptyOutDir: true,
      rolldownOptions: {
        input: { main: path.join(root, 'bench/pack/main.ts') },
        output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      },
    },
  });
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(path.join(program, 'tfjs-cases.json'), JSON.stringify(tfjsCaseTexts()));
}

function tfjsCaseTexts(): Record<string, string> {
  const ops = path.join(path.dirname(resolve('@tensorflow/tfjs-core')), 'ops');
  return Object.fromEntries(
    TFJS_CASE_FILES.map((file) => [file, readFileSync(path.join(ops, `${file}_test.js`), 'utf8')]),
  );
}

/** Where the program looks for them: two folders above its own. */
function copyPeers(): void {
  const isScript = (file: string) => !file.includes('__pycache__');
  cpSync(path.join(root, 'bench/peers'), path.join(folder, 'bench/peers'), { recursive: true, filter: isScript });
}

function copyDawn(): void {
  const from = path.join(root, 'node_modules/webgpu');
  const to = path.join(folder, 'node_modules/webgpu');
  const library = 'dist/linux-x64/dawn.node';
  mkdirSync(path.join(to, path.dirname(library)), { recursive: true });
  for (const file of ['package.json', 'index.js', 'LICENSE.md']) cpSync(path.join(from, file), path.join(to, file));
  pack(path.join(from, library), path.join(to, `${library}.xz`));
}

/** Level 1: a tenth larger than the usual one, in a third of the time. */
function pack(file: string, packed: string): void {
  writeFileSync(packed, execFileSync('xz', ['-1', '-T0', '-c', file], { maxBuffer: 2 ** 28 }));
}

function sizeOf(dir: string): number {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(path.join(parentPath, name)).size, 0);
}
