import { beforeAll, describe, expect, it } from 'vitest';
import { runOnSwiftShader, swiftShaderMissing } from '../../support/swiftshader.ts';
import type { SwiftShaderFindings } from './swiftshader-program.ts';

const missing = swiftShaderMissing();
if (missing !== null) console.warn(`SKIPPED, the WebGPU engine is not tested: ${missing}`);

const PATIENCE_MS = 300_000;

describe.skipIf(missing !== null)('the webgpu engine on SwiftShader', () => {
  let found: SwiftShaderFindings;

  beforeAll(async () => {
    const program = new URL('swiftshader-program.ts', import.meta.url).pathname;
    found = (await runOnSwiftShader(program, PATIENCE_MS)) as SwiftShaderFindings;
  }, PATIENCE_MS);

  it('takes a software adapter only when asked for by name', () => {
    expect(found.refusal.code).toBe('engine-unavailable');
    expect(found.refusal.message).toMatch(/only a software adapter, .*swiftshader/);
    expect(found.backend).toMatchObject({ name: 'webgpu', features: { software: true, float16: false } });
    expect(found.backend.device).toContain('swiftshader');
  });

  it('passes the numerical self-test', () => {
    expect(found.selfTest).toEqual([]);
  });

  it.each(['small3d', 'c3d', 'r3d18', 'vgg16-3d'])(
    'gives the logits, gradients and next parameters of the reference for %s',
    (name) => {
      const { logits, gradients, updated, leakedTensors } = found.networks[name]!;
      expect(logits).toBeLessThan(1e-5);
      expect(gradients).toBeLessThan(1e-3);
      expect(updated).toBeLessThan(1e-4);
      expect(leakedTensors).toBe(0);
    },
  );

  it('fails when a shader is broken, where the stock backend would read zeros, and goes on afterwards', () => {
    expect(found.brokenShader).toMatch(/^webgpu: Error while parsing WGSL.*vec5/);
    expect(found.readAfterError).toEqual([2, 2, 2]);
  });

  it('says that values cannot be read synchronously', () => {
    expect(found.synchronousRead).toContain('only data() works on this engine');
  });
});
