import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { PixelScale } from '../../../../models/ops/clip-transform.ts';
import type { WasmBackend } from '../backend.ts';
import {
  CLIP_FLOATS,
  clipTransform,
  clipTransformInputGradient,
  clipTransformMatrixGradient,
  MATRIX_GRADIENT_FLOATS,
  type ClipTransformParams,
} from '../kernels/clip-transform.ts';
import { input, type KernelCall, type KernelImplementation } from './kernel-call.ts';

const WARP_FLOATS = 6;

/** What both directions need of a call. */
type Plan = {
  backend: WasmBackend;
  clips: TensorInfo;
  n: number;
  params: ClipTransformParams;
  scale: PixelScale;
  /** [n,2,3] and [n,c,c+1]. */
  warp: Float32Array;
  colour: Float32Array;
};

function planOf(call: KernelCall): Plan {
  const clips = input(call, 'clips');
  const [n, t, h, w, c] = clips.shape as [number, number, number, number, number];
  const values = (name: string) => call.backend.readSync(input(call, name).dataId) as Float32Array;
  return {
    ...{ backend: call.backend, clips, n, scale: call.attrs as PixelScale },
    params: { t, h, w, c, bytes: clips.dtype === 'int32' },
    ...{ warp: values('warp'), colour: values('colour') },
  };
}

function transform(call: KernelCall): TensorInfo {
  const plan = planOf(call);
  const { backend, clips, n, params } = plan;
  const { runtime } = backend;
  const x = backend.addressOf(clips);
  const y = backend.output(clips.shape);
  withNumbers(backend, preparedNumbers(plan), (prepared) => {
    const rows = n * params.h;
    const args = [x, prepared, y.address];
    runtime.run(clipTransform, params, { rows, chunkRows: runtime.evenChunks(rows), args });
  });
  return y.info;
}

/** What the kernels read of each clip: places in pixels, colours with normalisation and input range worked in. */
function preparedNumbers({ n, params: { h, w, c, bytes }, scale, warp, colour }: Plan): Float32Array {
  const unit = bytes ? 255 : 1;
  const numbers = new Float32Array(n * CLIP_FLOATS);
  for (let i = 0; i < n; i++) {
    const clip = numbers.subarray(i * CLIP_FLOATS, (i + 1) * CLIP_FLOATS);
    const [xx, xy, x1, yx, yy, y1] = warp.subarray(i * WARP_FLOATS) as unknown as Six;
    clip.set(placeInPixels([xx, xy, x1], w, { w, h }), 0);
    clip.set(placeInPixels([yx, yy, y1], h, { w, h }), 3);
    for (let channel = 0; channel < c; channel++) clip[8 + channel] = scale.fill[channel]! * unit;
    const entry = (row: number, column: number) => colour[(i * c + row) * (c + 1) + column]!;
    for (let row = 0; row < c; row++) {
      const deviation = scale.deviation[row]!;
      for (let column = 0; column < c; column++) clip[12 + column * 4 + row] = entry(row, column) / deviation / unit;
      clip[28 + row] = (entry(row, c) - scale.mean[row]!) / deviation;
    }
  }
  return numbers;
}

type Six = [number, number, number, number, number, number];

/** A row of the warp, on the scale -1..1, as the place in pixels on an axis of `size`: factors of column and row, shift. */
function placeInPixels(
  [fromX, fromY, shift]: [number, number, number],
  size: number,
  { w, h }: { w: number; h: number },
): [number, number, number] {
  const half = (size - 1) / 2;
  const perColumn = w === 1 ? 0 : 2 / (w - 1);
  const perRow = h === 1 ? 0 : 2 / (h - 1);
  const corner = (w === 1 ? 0 : -fromX) + (h === 1 ? 0 : -fromY) + shift;
  return [fromX * perColumn * half, fromY * perRow * half, (corner + 1) * half];
}

function transformGradient(call: KernelCall): TensorInfo[] {
  const { of } = call.attrs as { of: 'clips' | 'matrices' };
  const plan = planOf(call);
  const dy = call.backend.addressOf(input(call, 'dy'));
  return of === 'clips' ? [inputGradient(plan, dy)] : matrixGradients(plan, dy);
}

function inputGradient(plan: Plan, dy: number): TensorInfo {
  const { backend, clips, n, params } = plan;
  const dx = backend.output(clips.shape);
  withNumbers(backend, preparedNumbers(plan), (prepared) =>
    withNumbers(backend, transposedColour(plan), (transposed) => {
      const args = [prepared, dy, transposed, dx.address];
      backend.runtime.run(clipTransformInputGradient, params, { rows: n, chunkRows: 1, args });
    }),
  );
  return dx.info;
}

/** For each row of the colour matrix, its entries as a vector over channels, divided by the deviation. */
function transposedColour({ n, params: { c, bytes }, scale, colour }: Plan): Float32Array {
  const unit = bytes ? 255 : 1;
  const vectors = new Float32Array(n * c * 4);
  for (let i = 0; i < n; i++)
    for (let row = 0; row < c; row++)
      for (let column = 0; column < c; column++)
        vectors[(i * c + row) * 4 + column] = colour[(i * c + row) * (c + 1) + column]! / scale.deviation[row]! / unit;
  return vectors;
}

function matrixGradients(plan: Plan, dy: number): TensorInfo[] {
  const { backend, clips, n, params } = plan;
  const { runtime } = backend;
  const { c } = params;
  const x = backend.addressOf(clips);
  const [warp, colour] = [backend.output([n, 2, 3]), backend.output([n, c, c + 1])];
  withNumbers(backend, preparedNumbers(plan), (prepared) =>
    withNumbers(backend, transposedColour(plan), (transposed) =>
      runtime.withScratch(n * MATRIX_GRADIENT_FLOATS * 4, (sums) => {
        const args = [x, prepared, dy, transposed, sums];
        runtime.run(clipTransformMatrixGradient, params, { rows: n, chunkRows: 1, args });
        const { floats } = runtime.heap;
        for (let i = 0; i < n; i++) {
          const clip = floats.subarray(sums / 4 + i * MATRIX_GRADIENT_FLOATS);
          floats.set(warpGradient(plan, clip), warp.address / 4 + i * WARP_FLOATS);
          floats.set(colourGradient(plan, clip), colour.address / 4 + i * c * (c + 1));
        }
      }),
    ),
  );
  return [warp.info, colour.info];
}

/** Back from pixels to the scale -1..1. */
function warpGradient({ params: { h, w, c } }: Plan, sums: Float32Array): number[] {
  const lanes = (index: number) => sums.subarray((5 + index) * 4, (5 + index) * 4 + c).reduce((a, b) => a + b, 0);
  return [w, h].flatMap((size, axis) => {
    const half = (size - 1) / 2;
    const [ofX, ofY, ofOne] = [0, 1, 2].map((i) => lanes(axis * 3 + i)) as [number, number, number];
    const fromX = w === 1 ? 0 : (ofX * 2) / (w - 1) - ofOne;
    const fromY = h === 1 ? 0 : (ofY * 2) / (h - 1) - ofOne;
    return [fromX * half, fromY * half, ofOne * half];
  });
}

function colourGradient({ params: { c, bytes }, scale }: Plan, sums: Float32Array): number[] {
  const unit = bytes ? 255 : 1;
  const gradient: number[] = [];
  for (let row = 0; row < c; row++) {
    for (let column = 0; column < c; column++) gradient.push(sums[column * 4 + row]! / scale.deviation[row]! / unit);
    gradient.push(sums[16 + row]! / scale.deviation[row]!);
  }
  return gradient;
}

/** Runs `use` with the address of a copy of the numbers. */
function withNumbers({ runtime }: WasmBackend, numbers: Float32Array, use: (address: number) => void): void {
  runtime.withScratch(util.bytesPerElement('float32') * numbers.length, (address) => {
    runtime.heap.floats.set(numbers, address / 4);
    use(address);
  });
}

export const clipTransformKernels: Record<string, KernelImplementation> = {
  ClipTransform: transform,
  ClipTransformGrad: transformGradient,
};
