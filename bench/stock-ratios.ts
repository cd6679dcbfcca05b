import { STOCK_GPU, type Conv3dBench, type TrainStepBench } from '../src-main/contract/bench.ts';

type Timed = Conv3dBench | TrainStepBench;

/** Ours beside the kernels that TensorFlow.js ships on the same GPU, in milliseconds; `ratio` is its time over ours. */
export type StockRatio = {
  work: string;
  device: string;
  precision: string;
  oursMs: number;
  stockMs: number;
  ratio: number;
};

type Time = { key: string; work: string; device: string; precision: string; ms: number };

/** Every work that both did, for each precision of ours. Of several measurements of ours the median one counts. */
export function stockRatios(results: readonly Timed[]): StockRatio[] {
  const timesOf = (engine: string) => results.filter((result) => result.engine === engine).flatMap(timesIn);
  const ours = Map.groupBy(timesOf('webgpu'), ({ key, precision }) => `${key}, ${precision}`).values();
  const stock = new Map(timesOf(STOCK_GPU).map((time) => [time.key, time.ms]));
  return Array.from(
    ours,
    (times) => times.toSorted((a, b) => a.ms - b.ms)[Math.floor((times.length - 1) / 2)]!,
  ).flatMap(({ key, work, device, precision, ms: oursMs }) => {
    const stockMs = stock.get(key);
    return stockMs === undefined ? [] : [{ work, device, precision, oursMs, stockMs, ratio: stockMs / oursMs }];
  });
}

function timesIn(result: Timed): Time[] {
  const { device, precision, batch } = result;
  const works =
    result.what === 'conv3d'
      ? result.rows.map(({ layer, ms }): [string, number] => [`conv3d ${layer}, batch ${batch}`, ms.median])
      : [[`training step of ${result.model}, batch ${batch}`, result.ms.median] as [string, number]];
  return works.map(([work, ms]) => ({ key: `${work}, ${device}`, work, device, precision, ms }));
}
