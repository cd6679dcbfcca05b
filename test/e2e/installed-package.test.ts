/** The command as a user has it who installed the package: built, packed, and without this checkout around it. */
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DoctorSummary, ImportSummary, PrepareSummary, SampleSummary } from '../../src-main/contract/api.ts';
import { temporaryFolder } from '../support/media-fixtures.ts';

const CHECKOUT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

type Package = { bin: { apexscope: string }; dependencies: Record<string, string> };

let home: string;
let remove: () => Promise<void>;
let command: string;
let shipped: string[];

/** What `npm install` does, offline: unpacks, and links the declared dependencies from the checkout, no others. */
async function install(tarball: string): Promise<string> {
  const modules = path.join(home, 'node_modules');
  const unpacked = path.join(modules, 'apexscope');
  await mkdir(unpacked, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1']);
  const { bin, dependencies } = JSON.parse(await readFile(path.join(unpacked, 'package.json'), 'utf8')) as Package;
  for (const name of Object.keys(dependencies)) {
    await mkdir(path.dirname(path.join(modules, name)), { recursive: true });
    await symlink(path.join(CHECKOUT, 'node_modules', name), path.join(modules, name));
  }
  return path.join(unpacked, bin.apexscope);
}

async function apexscope<T>(...args: string[]): Promise<T> {
  const { stdout } = await run(process.execPath, [command, ...args, '--json'], { cwd: home });
  return JSON.parse(stdout) as T;
}

beforeAll(async () => {
  const temporary = await temporaryFolder();
  remove = temporary.remove;
  home = path.join(temporary.folder, 'a folder with spaces');
  await mkdir(home);
  await run('npm', ['pack', '--pack-destination', home], { cwd: CHECKOUT });
  const [tarball] = (await readdir(home)).filter((name) => name.endsWith('.tgz'));
  const file = path.join(home, tarball!);
  shipped = (await run('tar', ['-tzf', file])).stdout.trim().split('\n');
  command = await install(file);
});

afterAll(() => remove());

describe('the installed package', () => {
  it('ships no source, no test and no data', () => {
    expect(shipped).toEqual(expect.arrayContaining(['package/dist/cli/apexscope.js', 'package/bench/peers/conv3d.py']));
    expect(shipped.filter((name) => /\.ts$|\/(test|docs|shared|node_modules|results)\//.test(name))).toEqual([]);
  });

  it('is a program that names Node as its interpreter', async () => {
    expect(await readFile(command, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('opens the engine with all its threads', async () => {
    const doctor = await apexscope<DoctorSummary>('doctor', '--engine', 'wasm');
    expect(doctor).toMatchObject({ selfTest: 'passed', engine: { name: 'wasm' } });
    expect(doctor.clipsPerSecond.training).toBeGreaterThan(0);
  });

  it('draws the sample, imports a video and finds its face, each in threads of their own', async () => {
    const sample = await apexscope<SampleSummary>('sample', 'sample', '--people', '1', '--per-class', '1');
    expect(sample).toMatchObject({ videos: 7, people: 1 });
    const one = path.join(home, 'one');
    await cp(path.join(sample.dir, sample.example), path.join(one, 'happiness', 'video.mp4'));
    const imported = await apexscope<ImportSummary>('import', one, '--project', 'project', '--layout', 'folders');
    expect(imported).toMatchObject({ imported: 1, perClass: { happiness: 1 } });
    const prepared = await apexscope<PrepareSummary>('prepare', '--project', 'project');
    expect(prepared).toMatchObject({ prepared: 1, withoutFace: [], quarantined: [] });
  }, 180_000);

  it('says which Node it needs, before anything an old one does not know', async () => {
    const old = path.join(home, 'old-node.mjs');
    await writeFile(old, "Object.defineProperty(process.versions, 'node', { value: '20.11.1' });");
    const failure = run(process.execPath, ['--import', old, command, 'doctor']);
    await expect(failure).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^apexscope: needs Node 24 or newer, this is Node 20\.11\.1\.\n {2}Install/,
      ) as string,
    });
  });
});
