/** Stored bytes of clips as normalised numbers. */
import { unpackBytes } from '../../../../models/ops/unpack-bytes.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { sizeOf, wholeNumbers } from '../values.ts';

type Shape5 = [number, number, number, number, number];

/** Bytes that are no whole number of words, one channel, and clips in one piece. */
const SHAPES: Shape5[] = [
  [1, 1, 3, 5, 3],
  [2, 3, 5, 7, 1],
  [2, 4, 8, 8, 3],
];

function unpackCase(shape: Shape5): ConformanceCase {
  const c = shape[4];
  const scale = { mean: [0.5, 0.25, 0].slice(0, c), deviation: [0.25, 1, 0.5].slice(0, c) };
  const bytes = wholeNumbers([sizeOf(shape)], 256, 1);
  return {
    op: 'unpack bytes',
    what: `[${shape.join(',')}]`,
    inputs: [bytes],
    compute: () => [unpackBytes(Uint8Array.from(bytes.values), shape, scale)],
    reference: ({ values } = bytes) => [
      {
        shape,
        values: Float64Array.from(values, (v, i) => (v / 255 - scale.mean[i % c]!) / scale.deviation[i % c]!),
      },
    ],
    gradientsOf: [],
  };
}

export const unpackBytesCases: readonly ConformanceCase[] = SHAPES.map(unpackCase);
