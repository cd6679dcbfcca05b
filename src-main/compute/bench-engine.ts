import { STOCK_GPU, type BenchHead, type BenchOptions, type PeakRates, type Precision } from '../contract/bench.ts';
import type { EngineInfo } from '../contract/records.ts';
import { openEngine } from '../engine/select.ts';
import { measureWasmPeak } from './bench-peak-wasm.ts';
import { measureWebGpuPeak } from './bench-peak-webgpu.ts';
import { describeMachine } from './bench-result.ts';
import { openStockGpu } from './bench-stock.ts';

/** An open engine, ours or the stock one. */
type BenchEngineInfo = Omit<EngineInfo, 'name'> & { name: string };

/** Opens the engine that the options name, measures its peak, and closes it after `use`. */
export async function withBenchEngine<T>(
  { engine: choice, threads, wide, precision }: BenchOptions,
  use: (head: BenchHead) => Promise<T>,
): Promise<T> {
  const engine =
    choice === STOCK_GPU ? await openStockGpu() : await openEngine({ engine: choice, threads, wide, precision });
  try {
    return await use(await benchHead(engine.info, precision));
  } finally {
    await engine.close();
  }
}

/** What all results of an open engine begin with. */
export async function benchHead(info: BenchEngineInfo, precision: Precision): Promise<BenchHead> {
  const software = info.features['software'] === true;
  return {
    date: new Date().toISOString(),
    machine: describeMachine(),
    engine: info.name,
    device: info.device,
    precision,
    threads: info.threads,
    wide: info.features['wide'] === true,
    software,
    peak: await peakOf(info, software),
  };
}

/** Null for an engine whose peak is not measured. */
async function peakOf(info: BenchEngineInfo, software: boolean): Promise<PeakRates | null> {
  if (info.name === 'wasm') return measureWasmPeak(info);
  return info.name === 'webgpu' || info.name === STOCK_GPU ? measureWebGpuPeak(software) : null;
}
