/**
 * The suite on the WebGPU engine, on SwiftShader: a sample of the convolutions, whose programs take long to compile there;
 * all of them with APEXSCOPE_CONFORMANCE=whole.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { runOnSwiftShader, swiftShaderMissing } from '../../support/swiftshader.ts';
import { exclusionOf, GPU_ENGINES } from './engine-under-test.ts';
import type { GpuFindings } from './gpu-program.ts';
import { suiteFor, verdict } from './suite.ts';
import { installedTfjsCases } from './tfjs-files.ts';

const missing = swiftShaderMissing();
if (missing !== null) console.warn(`SKIPPED, the WebGPU engine is not tested: ${missing}`);
const tfjsCases = installedTfjsCases();
const share = process.env['APEXSCOPE_CONFORMANCE'] === 'whole' ? 'whole' : 'sample';
const PATIENCE_MS = share === 'whole' ? 1_200_000 : 600_000;

describe.skipIf(missing !== null)('the suite on SwiftShader', () => {
  let found: Map<string, GpuFindings>;

  // All at once: each program mostly compiles on one core.
  beforeAll(async () => {
    const program = new URL('gpu-program.ts', import.meta.url).pathname;
    const findings = await Promise.all(
      GPU_ENGINES.map(({ name }) => runOnSwiftShader(program, PATIENCE_MS, name, share) as Promise<GpuFindings>),
    );
    found = new Map(GPU_ENGINES.map(({ name }, i) => [name, findings[i]!]));
  }, PATIENCE_MS);

  describe.each(GPU_ENGINES.map((engine) => [engine.name, engine] as const))('%s', (_, engine) => {
    test.each(suiteFor(engine, tfjsCases, share))('$name', ({ name }) => {
      expect(verdict(found.get(engine.name)![name]!, exclusionOf(engine, name))).toEqual([]);
    });

    test('every exclusion is of a case that there is', () => {
      const names = new Set(suiteFor(engine, tfjsCases, 'whole').map(({ name }) => name));
      expect(engine.exclusions.flatMap(({ cases }) => cases).filter((name) => !names.has(name))).toEqual([]);
    });
  });
});
