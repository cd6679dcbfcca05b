import { expect, it } from 'vitest';
import { stockRatios } from '../../../bench/stock-ratios.ts';
import { fullPlan } from '../../../bench/pack/plan.ts';
import { STOCK_GPU, type Conv3dBench, type TrainStepBench } from '../../../src-main/contract/bench.ts';

const spread = (median: number) => ({ median, p10: median, p90: median });
const step = (engine: string, ms: number, more: Partial<TrainStepBench> = {}) =>
  ({
    what: 'train-step',
    model: 'small3d',
    batch: 8,
    device: 'GPU',
    precision: 'float32',
    engine,
    ms: spread(ms),
    ...more,
  }) as TrainStepBench;
const layers = (engine: string, times: Record<string, number>) =>
  ({
    ...{ what: 'conv3d', batch: 8, device: 'GPU', precision: 'float32', engine },
    rows: Object.entries(times).map(([layer, ms]) => ({ layer, ms: spread(ms) })),
  }) as Conv3dBench;

it('the stock kernels stand beside the median of ours, on the same GPU only', () => {
  const ours = [step('webgpu', 5), step('webgpu', 4), step('webgpu', 90), step('webgpu', 2, { precision: 'mixed' })];
  const elsewhere = [step('wasm', 1), step('webgpu', 1, { device: 'another' }), step('webgpu', 1, { batch: 16 })];
  const ratios = stockRatios([...ours, ...elsewhere, step(STOCK_GPU, 1000)]);
  expect(ratios.map(({ precision, oursMs, stockMs, ratio }) => [precision, oursMs, stockMs, ratio])).toEqual([
    ['float32', 5, 1000, 200],
    ['mixed', 2, 1000, 500],
  ]);
  expect(stockRatios(ours)).toEqual([]);
});

it('layers are compared one by one', () => {
  const ratios = stockRatios([layers('webgpu', { a: 2, b: 4 }), layers(STOCK_GPU, { a: 400, c: 1 })]);
  expect(ratios).toEqual([
    { work: 'conv3d a, batch 8', device: 'GPU', precision: 'float32', oursMs: 2, stockMs: 400, ratio: 200 },
  ]);
});

it('the pack times the stock kernels on the work that ours are timed on', () => {
  const plan = fullPlan(false).flatMap((one) => (one.kind === 'bench' ? [one] : []));
  const stock = plan.filter(({ options }) => options.engine === STOCK_GPU);
  expect(stock.map(({ options: { what } }) => what)).toEqual(['conv3d', 'train-step']);
  for (const { options } of stock) {
    const work = { ...options, engine: 'webgpu', rounds: 5, peer: null };
    expect(plan.map(({ options: one }) => one)).toContainEqual(work);
    expect(options).toMatchObject({ precision: 'float32', peer: null });
  }
});
