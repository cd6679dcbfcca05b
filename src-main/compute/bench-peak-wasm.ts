/**
 * What the CPU engine could reach at best on this machine: the rate of generated multiply-adds on values in registers,
 * and of copying memory, on as many threads and with as wide vectors as the engine uses.
 */
import type { PeakRates } from '../contract/bench.ts';
import type { EngineInfo } from '../contract/records.ts';
import type { KernelBuilder, Target } from '../engine/wasm/assembler/kernel-builder.ts';
import type { I32 } from '../engine/wasm/assembler/values.ts';
import { Runtime } from '../engine/wasm/runtime.ts';
import { rounded } from './bench-rounds.ts';

const ROUNDS = 40;
/** Accumulators fill the registers: rows of the engine's own register tile. */
const TILE_ROWS = 6;
const LANES = 4;
const STEPS = 200_000;
const ITEMS_A_THREAD = 8;
const COPY_BYTES = 64 * 2 ** 20;
const LINE_BYTES = 2 ** 16;

/** With the threads and kernels of the open engine `wasm`. */
export async function measureWasmPeak({
  threads,
  features,
}: Pick<EngineInfo, 'threads' | 'features'>): Promise<PeakRates> {
  const shared = features['sharedMemory'] === true;
  const tileVectors = features['wide'] === true ? 4 : 2;
  const target: Target = { relaxedSimd: features['relaxedSimd'] === true, sharedMemory: shared, tileVectors };
  const runtime = new Runtime({ threads, target, shared, limitBytes: 3 * COPY_BYTES });
  try {
    return { gflops: rounded(multiplyAddRate(runtime), 1), gigabytesPerSecond: rounded(copyRate(runtime), 1) };
  } finally {
    await runtime.pool.close();
  }
}

/** GFLOP/s. */
function multiplyAddRate(runtime: Runtime): number {
  const { tileVectors } = runtime.target;
  const items = runtime.threads * ITEMS_A_THREAD;
  const block = TILE_ROWS * tileVectors * 16;
  const operations = items * STEPS * TILE_ROWS * tileVectors * LANES * 2;
  return runtime.withScratch((items + 1) * block, (address) => {
    const run = () => runtime.run(multiplyAdds, { tileVectors }, { rows: items, chunkRows: 1, args: [address] });
    return operations / leastMs(run) / 1e6;
  });
}

/** GB/s, read and written. */
function copyRate(runtime: Runtime): number {
  const rows = COPY_BYTES / LINE_BYTES;
  return runtime.withScratch(2 * COPY_BYTES, (address) => {
    const args = [address, address + COPY_BYTES];
    const run = () => runtime.run(copyLines, {}, { rows, chunkRows: runtime.evenChunks(rows), args });
    return (2 * COPY_BYTES) / leastMs(run) / 1e6;
  });
}

/** Items: blocks of a tile of accumulators. Args: one block to read, followed by those of the items. */
function multiplyAdds(k: KernelBuilder, { tileVectors }: { tileVectors: number }): void {
  const bytes = TILE_ROWS * tileVectors * 16;
  k.forRange(k.from, k.to, (item) => {
    const from = k.arg(0);
    const to = k.i32(from.add(bytes).add(item.mul(bytes)));
    const factor = k.v128(from.loadSplat());
    const terms = k.vectors(tileVectors);
    terms.forEach((term, v) => term.set(from.load(v * 16)));
    const tile = k.vectors(TILE_ROWS * tileVectors);
    tile.forEach((sum, i) => sum.set(to.load(i * 16)));
    k.repeat(STEPS, () => {
      tile.forEach((sum, i) => sum.set(k.multiplyAdd(factor, terms[i % tileVectors]!, sum)));
    });
    tile.forEach((sum, i) => k.store(to, sum, i * 16));
  });
}

/** Items: lines. Args: from, to. */
function copyLines(k: KernelBuilder, _: Record<never, never>): void {
  const [from, to] = k.args(2) as [I32, I32];
  const start = k.i32(k.from.mul(LINE_BYTES));
  k.copy(to.add(start), from.add(start), k.to.sub(k.from).mul(LINE_BYTES));
}

function leastMs(run: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const startMs = performance.now();
    run();
    return performance.now() - startMs;
  });
  return Math.min(...times);
}
