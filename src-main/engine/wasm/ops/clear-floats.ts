import { clear, ELEMENTWISE_FLOATS } from '../kernels/elementwise.ts';
import type { Runtime } from '../runtime.ts';

/** Sets `count` floats to zero, and up to seven behind them, which no tensor has. */
export function clearFloats(runtime: Runtime, address: number, count: number): void {
  const rows = Math.ceil(count / ELEMENTWISE_FLOATS);
  runtime.run(clear, {}, { rows, chunkRows: runtime.evenChunks(rows, 1), args: [address] });
}
