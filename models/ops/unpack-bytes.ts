import { tensor1d, tensor5d, tidy, type Tensor5D } from '@tensorflow/tfjs-core';
import { hasFusedKernel, runFusedKernel } from './fused-kernel.ts';

const WORD_BYTES = 4;

/** [c] each, on the scale 0..1. */
export type ByteScale = { mean: readonly number[]; deviation: readonly number[] };

/**
 * Clips from bytes as they are stored, (v / 255 - mean) / deviation. Where the backend has a kernel, bytes go to it as
 * they are, a quarter of what numbers take: `UnpackBytes` (packed [bytes/4, rounded up] int32, the first byte lowest;
 * attributes shape, mean, deviation) gives the clips. Not differentiable.
 * @param bytes - u8 [n,t,h,w,c]
 * @returns [n,t,h,w,c] f32
 */
export function unpackBytes(bytes: Uint8Array, shape: Tensor5D['shape'], scale: ByteScale): Tensor5D {
  if (!hasFusedKernel('UnpackBytes')) return unpackBytesByTable(bytes, shape, scale);
  return tidy(() => {
    const packed = tensor1d(wordsOf(bytes), 'int32');
    return runFusedKernel('UnpackBytes', { packed }, { ...scale, shape })[0] as Tensor5D;
  });
}

/** The reference of {@link unpackBytes}, on the CPU: a table of the 256 values of each channel. */
export function unpackBytesByTable(
  bytes: Uint8Array,
  shape: Tensor5D['shape'],
  { mean, deviation }: ByteScale,
): Tensor5D {
  const c = shape[4];
  const tables = mean.map((m, channel) =>
    Float32Array.from({ length: 256 }, (_, value) => (value / 255 - m) / deviation[channel]!),
  );
  const values = new Float32Array(bytes.length);
  for (let pixel = 0; pixel < bytes.length; pixel += c)
    for (let channel = 0; channel < c; channel++) values[pixel + channel] = tables[channel]![bytes[pixel + channel]!]!;
  return tensor5d(values, shape);
}

/** Four bytes each, the first lowest; a copy unless the bytes lie as words do. */
function wordsOf(bytes: Uint8Array): Int32Array {
  if (bytes.length % WORD_BYTES === 0 && bytes.byteOffset % WORD_BYTES === 0)
    return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / WORD_BYTES);
  const padded = new Uint8Array(WORD_BYTES * Math.ceil(bytes.length / WORD_BYTES));
  padded.set(bytes);
  return new Int32Array(padded.buffer);
}
