import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOnSwiftShader, swiftShaderMissing } from '../../support/swiftshader.ts';
import type { Small3dFindings } from './small3d-program.ts';

const missing = swiftShaderMissing();
if (missing !== null) console.warn(`SKIPPED, training on a GPU is not tested: ${missing}`);

const PATIENCE_MS = 300_000;
/** Measured: 1.4e-6 in the first step and 1.2e-4 at most in six, of losses from 1.6 down to 0.5. */
const TOLERANCE = { first: 1e-5, all: 6e-4 };

describe.skipIf(missing !== null)('training steps of small3d on SwiftShader', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'apexscope-tiles-'));
  const cacheFile = path.join(folder, 'user', 'gpu-tiles.json');
  let found: Small3dFindings;

  beforeAll(async () => {
    const program = new URL('small3d-program.ts', import.meta.url).pathname;
    found = (await runOnSwiftShader(program, PATIENCE_MS, cacheFile)) as Small3dFindings;
  }, PATIENCE_MS);

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('have the losses of the wasm engine', () => {
    expect(found.wasm).toHaveLength(6);
    expect(furthest(found.gpu.slice(0, 1), found.wasm)).toBeLessThan(TOLERANCE.first);
    expect(furthest(found.gpu, found.wasm)).toBeLessThan(TOLERANCE.all);
  });

  it('have the same losses when products are tuned after the first step', () => {
    expect(furthest(found.tuned, found.gpu)).toBeLessThan(TOLERANCE.all);
  });

  it('tune nothing on a software GPU unless asked to, and keep what was tuned before an abort', () => {
    expect(found.tunings).toEqual([0, 0, 1]);
    const { devices } = JSON.parse(readFileSync(cacheFile, 'utf8')) as { devices: Record<string, object> };
    const [[device, choices]] = Object.entries(devices) as [[string, object]];
    expect(device).toMatch(/swiftshader.* f32 tiles/i);
    expect(Object.keys(choices)).toHaveLength(1);
  });

  it('say whether choices are tuned, and find those of the last time', () => {
    expect(found.tiles.slice(1)).toEqual(['static choice', 'tuned, choices so far: 0', 'tuned, choices so far: 1']);
  });
});

function furthest(some: readonly number[], others: readonly number[]): number {
  return Math.max(...some.map((value, i) => Math.abs(value - others[i]!)));
}
