import { describe, expect, it } from 'vitest';
import { moduleText, MAX_BUFFERS } from '../../../src-main/engine/webgpu/compute-program.ts';
import { channelLine, channelPlane } from '../../../src-main/engine/webgpu/kernels/channel-lines.ts';
import { channelPartials } from '../../../src-main/engine/webgpu/kernels/channel-partials.ts';
import { channelGradients, channelMoments } from '../../../src-main/engine/webgpu/kernels/channel-totals.ts';
import { chunked } from '../../../src-main/engine/webgpu/kernels/channel-view.ts';
import { clipTransformMatrixPartials } from '../../../src-main/engine/webgpu/kernels/clip-transform.ts';
import { adamW } from '../../../src-main/engine/webgpu/kernels/optimiser.ts';
import { maxPoolGradient } from '../../../src-main/engine/webgpu/kernels/pool3d.ts';
import { squaresOfChunks } from '../../../src-main/engine/webgpu/kernels/sum-of-squares.ts';

const pool = {
  ...{ c: 64, input: [8, 28, 28], output: [4, 14, 14], size: [2, 2, 2], stride: [2, 2, 2], front: [0, 0, 0] },
  width: 4,
} as const;

/** One kernel of each kind. */
const PROGRAMS = {
  'moments of 64 channels': channelPartials({ kind: 'moments', lanes: 64 }),
  'gradient sums of 4 channels behind a ReLU': channelPartials({ kind: 'gradients', lanes: 4, relu: true }),
  'moments merged': channelMoments('variance'),
  'gradients merged': channelGradients('inverse'),
  'normalised with a ReLU': channelLine({ width: 4, relu: true }),
  'gradient of a normalisation': channelPlane({ width: 1, relu: false }),
  'gradient of a 2x2x2 max pool': maxPoolGradient(pool),
  'AdamW update': adamW({ width: 4 }),
  'overflow test': squaresOfChunks(),
  'gradient of warp and colour': clipTransformMatrixPartials({ t: 16, h: 112, w: 112, c: 3, bytes: true }),
};

describe('WGSL of the kernels beside convolutions', () => {
  it.each(Object.entries(PROGRAMS))('%s', (_, program) => {
    expect(moduleText(program)).toMatchSnapshot();
    expect(program.buffers.length).toBeLessThanOrEqual(MAX_BUFFERS);
  });

  it('divides rows among workgroups by shape alone, in at most 2,048 chunks', () => {
    const small = chunked({ segments: 2, rows: 100, c: 3, groups: 1 });
    expect(small).toMatchObject({ chunkRows: 256, chunks: 1, lanes: 4, tiles: 1 });
    const large = chunked({ segments: 16, rows: 16 * 112 * 112, c: 512, groups: 1 });
    expect(large).toMatchObject({ lanes: 256, tiles: 2 });
    expect(large.segments * large.chunks).toBeLessThanOrEqual(2048);
    expect(large.chunkRows * large.chunks).toBeGreaterThanOrEqual(large.rows);
  });
});
