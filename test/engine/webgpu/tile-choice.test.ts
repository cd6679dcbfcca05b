import { describe, expect, it } from 'vitest';
import { intrinsicMatrices } from '../../../src-main/engine/webgpu/gemm/matrix-intrinsics.ts';
import { gemmPlan } from '../../../src-main/engine/webgpu/gemm/gemm-plan.ts';
import { describeTile, type MatrixTile } from '../../../src-main/engine/webgpu/gemm/tile.ts';
import { subgroupMatrices, type MatrixAdapter } from '../../../src-main/engine/webgpu/matrix-units.ts';
import { kernelCost, rankChoices, type ProductLimits } from '../../../src-main/engine/webgpu/plan/choose-tile.ts';
import { H100 } from '../../../src-main/engine/webgpu/plan/gpu-model.ts';
import { predict } from '../../../src-main/engine/webgpu/plan/predict.ts';

const limits: ProductLimits = {
  matrix: intrinsicMatrices({
    m: 16,
    n: 16,
    k: 16,
    component: 'f16',
    subgroupSize: 32,
    pinSubgroupSize: false,
    vector: 4,
  }),
  ...{ workgroupBytes: 48 * 1024, invocations: 1024, invocationMultiple: 32 },
};

/** Forward layers with a tile and its TFLOP/s, measured on an H100 on 2026-11-24 (docs/experiment-log.md). */
const MEASURED: [rows: number, channels: number, tile: [number, number, [number, number]], tflops: number][] = [
  [8 * 16 * 56 * 56, 128, [256, 128, [4, 2]], 266],
  [8 * 4 * 14 * 14, 512, [128, 128, [2, 2]], 167],
  [8 * 4 * 14 * 14, 512, [128, 256, [2, 4]], 173],
  [8 * 4 * 14 * 14, 512, [256, 128, [4, 2]], 165],
  [8 * 4 * 14 * 14, 512, [64, 64, [2, 2]], 138],
];

function shapeOf(rows: number, channels: number) {
  const extents = { rows, depth: 27 * channels, columns: channels };
  return { ...extents, left: 'depth', right: 'outer', bytes: 6 * rows * channels } as const;
}

describe('the static choice', () => {
  it('is the largest that the channels fill', () => {
    const best = (rows: number, channels: number) => rankChoices(shapeOf(rows, channels), limits, H100)[0]!;
    expect(describeTile(best(8 * 16 * 112 * 112, 64).tile)).toBe('256x64x32 4x2v4 prefetch');
    expect(describeTile(best(8 * 8 * 28 * 28, 256).tile)).toBe('256x128x32 4x2v4 prefetch');
  });

  it.each([16, 32, 48])('takes no more than %i KiB of workgroup memory', (kibibytes) => {
    const small = { ...limits, workgroupBytes: kibibytes * 1024 };
    const choices = rankChoices(shapeOf(6272, 512), small, H100);
    for (const { tile } of choices)
      expect(kernelCost(tile, shapeOf(6272, 512), limits.matrix).workgroupBytes).toBeLessThanOrEqual(kibibytes * 1024);
  });

  it('splits the depth of a filter gradient, whose result is small', () => {
    const shape = {
      rows: 1728,
      depth: 8 * 16 * 112 * 112,
      columns: 64,
      left: 'outer',
      right: 'outer',
      bytes: 8e8,
    } as const;
    expect(rankChoices(shape, limits, H100)[0]!.splits).toBeGreaterThan(16);
  });
});

describe('the prediction', () => {
  it.each(MEASURED)(
    'of %i rows of %i channels is within a quarter of what was measured',
    (rows, channels, tile, measured) => {
      const [tileRows, columns, subgroups] = tile;
      const measuredTile: MatrixTile = {
        ...{ kind: 'matrix', rows: tileRows, columns, depth: 32, subgroups, vector: 4, prefetch: true },
      };
      const shape = shapeOf(rows, channels);
      const kernel = kernelCost(measuredTile, shape, limits.matrix);
      const plan = gemmPlan(shape, { tile: measuredTile, splits: 1 });
      const { ms } = predict(plan, shape, { kernel, bytes: shape.bytes }, H100);
      const tflops = (2 * rows * 27 * channels * channels) / (1e9 * ms);
      expect(Math.abs(tflops / measured - 1)).toBeLessThan(0.25);
    },
  );
});

describe('the matrices of a GPU', () => {
  const config = (M: number, N: number, K: number, resultComponentType = 'f32') => ({
    ...{ M, N, K, componentType: 'f16', resultComponentType },
  });
  const adapter = (features: string[], sizes: [number, number], configs: ReturnType<typeof config>[]) =>
    ({
      info: { subgroupMinSize: sizes[0], subgroupMaxSize: sizes[1], subgroupMatrixConfigs: configs },
      features: new Set(features),
    }) as unknown as MatrixAdapter;
  const all = ['shader-f16', 'subgroups', 'chromium-experimental-subgroup-matrix', 'subgroup-size-control'];
  const nvidia = [config(16, 16, 16, 'f16'), config(16, 8, 8), config(16, 16, 16)];

  it('are the largest with f16 products and f32 sums', () => {
    expect(subgroupMatrices(adapter(all, [32, 32], nvidia), 'f16')).toEqual({
      ...{ m: 16, n: 16, k: 16, component: 'f16', subgroupSize: 32, pinSubgroupSize: false, vector: 4 },
    });
  });

  it('are those of 8x8x8, with the smallest subgroup pinned, where there are several', () => {
    const found = subgroupMatrices(adapter(all, [32, 64], [config(8, 8, 8)]), 'f16');
    expect(found).toMatchObject({ m: 8, n: 8, k: 8, subgroupSize: 32, pinSubgroupSize: true });
  });

  it('are none, with the reason, where a part is missing', () => {
    expect(subgroupMatrices(adapter([], [32, 32], nvidia), 'f16')).toContain('no subgroup matrices');
    expect(subgroupMatrices(adapter(all.slice(1), [32, 32], nvidia), 'f16')).toContain('no f16');
    expect(subgroupMatrices(adapter(all.slice(0, 3), [16, 32], nvidia), 'f16')).toContain('16 to 32');
    expect(subgroupMatrices(adapter(all, [32, 32], nvidia), 'f32')).toContain('multiply f32');
  });
});
