/** `npm run package:check`: packages the program around a stand-in for Electron, looks at what is in it, and runs that. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { callFromPage } from '../test/support/electron-harness/page-call.ts';
import { buildApp, startApp } from '../test/support/electron-harness/start-app.ts';
import type { RunningApp } from '../test/support/electron-harness/start-app.ts';
import { packageWithStub } from './package-with-stub.ts';

const THREADS = ['worker.js', 'detector-worker.js', 'sample-worker.js'];
const ENTRIES = ['main.js', 'project-process.js', 'compute-process.js', ...THREADS].map((file) => `out/main/${file}`);
const PACKED = [...ENTRIES, 'out/preload/preload.cjs', 'out/renderer/index.html', 'package.json', 'LICENSE'];
const OURS_ALONE = /^(src-main|src-renderer|models|test|bench|docs|build|\.)|\.map$/;

const folder = mkdtempSync(path.join(os.tmpdir(), 'apexscope-package-'));
try {
  buildApp();
  const resources = await packageWithStub(folder);
  checkContents(resources);
  const program = extracted(resources);
  await checkRuns(program);
  process.stdout.write('The package is whole, and runs through the harness.\n');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What must be in the archive, what must lie beside it, and what must be in neither. */
function checkContents(resources: string): void {
  const { stdout } = spawnSync('asar', ['list', path.join(resources, 'app.asar')], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const files = stdout
    .replaceAll('\\', '/')
    .split('\n')
    .map((file) => file.replace(/^\//, ''));
  assert.deepEqual(
    PACKED.filter((file) => !files.includes(file)),
    [],
    'missing from the archive',
  );
  assert.deepEqual(
    files.filter((file) => OURS_ALONE.test(file)),
    [],
    'does not belong into the archive',
  );
  const beside = readdirSync(path.join(resources, 'app.asar.unpacked'), { recursive: true }) as string[];
  for (const program of beside.filter((file) => /[\\/]ff(mpeg|probe)$/.test(file))) {
    const place = path.join(resources, 'app.asar.unpacked', program);
    if (statSync(place).isFile()) assert.equal(statSync(place).mode & 0o111, 0o111, `not everybody can run ${program}`);
  }
  const natives = {
    Dawn: /webgpu\/dist\/[^/]+\/dawn\.node$/,
    sharp: /@img\/sharp-[^/]+\/.*\.node$/,
    libvips: /@img\/sharp-libvips-[^/]+\/lib\/libvips/,
    ffmpeg: /@ffmpeg-installer\/[^/]+\/ffmpeg(\.exe)?$/,
    ffprobe: /@ffprobe-installer\/[^/]+\/ffprobe(\.exe)?$/,
    'face models': /face-api\/model\/ssd_mobilenetv1_model\.bin$/,
  };
  for (const [name, place] of Object.entries(natives))
    assert.ok(
      beside.some((file) => place.test(file.replaceAll('\\', '/'))),
      `${name} is not unpacked`,
    );
  const systems = new Set(beside.filter((file) => file.endsWith('dawn.node')).map((file) => file.split(/[-/]/)[2]));
  assert.equal(systems.size, 1, `Dawn of several systems: ${[...systems].join(', ')}`);
}

/** The archive as a folder. @returns its main bundle */
function extracted(resources: string): string {
  const app = path.join(folder, 'app');
  const { status } = spawnSync('asar', ['extract', path.join(resources, 'app.asar'), app], { stdio: 'inherit' });
  assert.equal(status, 0, 'asar extract');
  // Why: extracting forgets which of the files beside the archive are programs.
  cpSync(path.join(resources, 'app.asar.unpacked'), app, { recursive: true, force: true });
  return path.join(app, 'out/main/main.js');
}

/** Draws a sample, finds its faces and opens the engine: every thread and every native part has to work. */
async function checkRuns(main: string): Promise<void> {
  const userDir = path.join(folder, 'user');
  mkdirSync(userDir);
  const app = await startApp({ main, userDir });
  try {
    await checkSample(app);
  } finally {
    await app.close();
  }
}

async function checkSample({ page, complaints }: RunningApp): Promise<void> {
  const { sampleDir } = await callFromPage(page, 'app.info', {});
  const { id } = await callFromPage(page, 'jobs.start', { kind: 'sample-project', dir: sampleDir, people: 2 });
  const { output } = await callFromPage(page, 'jobs.wait', { id });
  assert.ok('project' in output && existsSync(path.join(output.project, 'crops')), 'the sample was not prepared');
  const device = await callFromPage(page, 'app.device', {});
  assert.match(device.why, /self-test passed/);
  assert.deepEqual(complaints, [], 'messages of the page');
}
