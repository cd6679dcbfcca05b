/**
 * Decides about 256-bit kernels. V8 can fuse pairs of 128-bit vector operations into 256-bit ones (its "revectorizer"),
 * behind a flag that is experimental and has changed its name, so kernels made for it are used only after they were seen
 * to be right and faster here.
 */
import v8 from 'node:v8';
import type { Target } from './assembler/kernel-builder.ts';
import { convDirect, tileFor } from './kernels/conv-direct.ts';
import { Runtime } from './runtime.ts';

const V8_MAJOR_OF_NEW_NAME = 14;
const V8_MAJOR = Number.parseInt(process.versions.v8, 10);
const FLAG = V8_MAJOR < V8_MAJOR_OF_NEW_NAME ? 'experimental-wasm-revectorize' : 'wasm-revectorize';

const ROUNDS = 12;
const LEAST_GAIN = 1.15;
const TOLERANCE = 1e-5;
const MEMORY_BYTES = 16 * 1024 * 1024;
const CHANNELS = 32;
const EXTENTS = [2, 14, 18] as const;

export type WideProbe = { wide: boolean; gain: number };

/** Turns the flag on and leaves it on where wide kernels pay. `gain`: time of narrow over time of wide kernels. */
export function probeWideKernels(target: Target): WideProbe {
  v8.setFlagsFromString(`--${FLAG}`);
  const wide = timeConvolution({ ...target, tileVectors: 4 });
  const narrow = timeConvolution({ ...target, tileVectors: 2 });
  const gain = narrow.ms / wide.ms;
  const isRight = wide.result.every((value, i) => Math.abs(value - narrow.result[i]!) <= TOLERANCE);
  if (isRight && gain >= LEAST_GAIN) return { wide: true, gain };
  v8.setFlagsFromString(`--no-${FLAG}`);
  return { wide: false, gain: isRight ? gain : 0 };
}

/** A small direct convolution on one thread: its result and its best time. */
function timeConvolution(target: Target): { result: Float32Array; ms: number } {
  const runtime = new Runtime({ threads: 1, target, limitBytes: MEMORY_BYTES, shared: target.sharedMemory });
  const [t, h, w] = EXTENTS;
  const padded = EXTENTS.map((extent) => extent + 2);
  const sizes = [volume(padded) * CHANNELS, 27 * CHANNELS * CHANNELS, volume(EXTENTS) * CHANNELS];
  const [x, filter, y] = sizes.map((floats) => runtime.heap.allocate(floats * 4)) as [number, number, number];
  const { floats } = runtime.heap;
  // The same value for all outputs of a tap, so that the layout of the packed filter does not matter.
  for (let i = 0; i < sizes[0]!; i++) floats[x / 4 + i] = ((i * 37) % 64) / 64 - 0.5;
  floats.fill(0.01, filter / 4, filter / 4 + sizes[1]!);
  const params = {
    ...{ c: CHANNELS, o: CHANNELS, padded, output: [...EXTENTS], kernel: [3, 3, 3], stride: [1, 1, 1] },
    ...{ bias: false, relu: false, tile: tileFor(CHANNELS, target.tileVectors) },
  };
  let ms = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    runtime.run(convDirect, params, { rows: t * h, chunkRows: t * h, args: [x, filter, y] });
    ms = Math.min(ms, performance.now() - start);
  }
  return { result: runtime.heap.floats.slice(y / 4, y / 4 + t * h * w * CHANNELS), ms };
}

function volume(extents: readonly number[]): number {
  return extents.reduce((product, extent) => product * extent, 1);
}
