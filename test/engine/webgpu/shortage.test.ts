import { describe, expect, it } from 'vitest';
import { runOnSwiftShader, swiftShaderMissing } from '../../support/swiftshader.ts';
import type { ShortageFindings } from './shortage-program.ts';

const missing = swiftShaderMissing();
if (missing !== null) console.warn(`SKIPPED, a GPU with full memory is not tested: ${missing}`);

describe.skipIf(missing !== null)('a GPU whose memory is full', () => {
  it('is given half of the batch at a time, which the run records, and the run goes on', async () => {
    const program = new URL('shortage-program.ts', import.meta.url).pathname;
    const { metrics, passVideos, leakedTensors } = (await runOnSwiftShader(program, 170_000)) as ShortageFindings;
    expect(metrics.map(({ kind }) => kind)).toEqual(['memory', 'step', 'epoch']);
    expect(metrics[0]).toMatchObject({ step: 1, batch: 3, accumulate: 2 });
    expect(metrics[0]).toHaveProperty('reason', 'webgpu: the GPU has no memory left (injected)');
    expect(metrics[1]).toMatchObject({ step: 1, loss: expect.any(Number) as number });
    expect(passVideos).toBe(3);
    expect(leakedTensors).toBe(0);
  }, 180_000);
});
