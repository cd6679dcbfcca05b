/** The folder of `npm run bench:pack`, used as on a machine without Node: SwiftShader stands in for the GPU. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConformanceResult, LossesResult } from '../../bench/pack/measurement.ts';
import type { Conv3dBench } from '../../src-main/contract/bench.ts';
import { temporaryFolder } from '../support/media-fixtures.ts';
import { swiftShaderEnvironment, swiftShaderMissing } from '../support/swiftshader.ts';

const root = path.join(import.meta.dirname, '../..');
const PROGRAMS = ['sh', 'dirname', 'chmod', 'mv', 'xz'];
const missing = swiftShaderMissing() ?? (findProgram('xz') === null ? 'no xz on PATH' : null);
if (missing !== null) process.stderr.write(`The pack is not tested: ${missing}\n`);

function findProgram(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const files = folders.map((folder) => path.join(folder, name));
  return files.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile()) ?? null;
}

describe.skipIf(missing !== null)('the pack', () => {
  let folder: string;
  let remove: () => Promise<void>;
  const result = <T>(name: string) => JSON.parse(readFileSync(path.join(folder, 'out', `${name}.json`), 'utf8')) as T;

  beforeAll(async () => {
    ({ folder, remove } = await temporaryFolder());
    const bin = path.join(folder, 'bin');
    mkdirSync(bin);
    for (const name of PROGRAMS) symlinkSync(findProgram(name)!, path.join(bin, name));
    execFileSync('npm', ['run', 'bench:pack', '--', path.join(folder, 'pack')], { cwd: root, stdio: 'ignore' });
    const env = { PATH: bin, ...swiftShaderEnvironment() };
    const args = [path.join(folder, 'pack/run.sh'), path.join(folder, 'out'), '--tiny'];
    execFileSync(path.join(bin, 'sh'), args, { cwd: folder, env, stdio: 'ignore' });
  }, 600_000);
  afterAll(() => remove());

  it('measures everything, and nothing fails', () => {
    expect(result('failures')).toEqual({});
    const results = readdirSync(path.join(folder, 'out')).filter((file) => file.endsWith('.json'));
    expect(results.toSorted()).toEqual(
      ['conformance', 'conv3d', 'failures', 'losses', 'profile', 'stock-conv3d', 'tiles'].map((name) => `${name}.json`),
    );
  });

  it('runs the cases of the suite on the engine', () => {
    expect(result<ConformanceResult>('conformance')).toMatchObject({ cases: 8, failures: [] });
  });

  it('times layers on the GPU that it found', () => {
    const device = expect.stringContaining('swiftshader') as string;
    expect(result<Conv3dBench>('conv3d')).toMatchObject({ engine: 'webgpu', device, software: true });
    expect(result<Conv3dBench>('stock-conv3d')).toMatchObject({ engine: 'webgpu-stock', device, precision: 'float32' });
  });

  it('follows the loss of a training', () => {
    const { losses, notFinite } = result<LossesResult>('losses');
    expect(notFinite).toBe(0);
    expect(losses.every((loss) => loss > 0 && loss < 10)).toBe(true);
  });
});
