/** The three passes of normalisations and of sums over rows, on tensors seen as [segments,rows,c]. */
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { batchParts } from '../batch-parts.ts';
import type { CheckedWebGpuBackend } from '../checked-backend.ts';
import { allocate, programFor, runProgram, type TensorPart } from '../dispatch.ts';
import { channelLine, channelPlane } from '../kernels/channel-lines.ts';
import { channelPartials, type PartialKind } from '../kernels/channel-partials.ts';
import { channelGradients, channelMoments, channelSums } from '../kernels/channel-totals.ts';
import { CHANNEL_WORKGROUP, chunked, vectorWidth, type ChannelView } from '../kernels/channel-view.ts';
import { withScratch } from './scratch.ts';

/** What a normalisation keeps of its groups as spread: the biased variance, or 1/sigma. */
export type Spread = 'variance' | 'inverse';

export type NormOptions = { epsilon: number; relu: boolean; spread: Spread };

/** Sums of x over the rows of each group, times a factor. @returns a new tensor of `shape`, [groups,c] in memory */
export function sumChannels(
  backend: CheckedWebGpuBackend,
  x: TensorInfo,
  view: ChannelView,
  { shape, factor }: { shape: readonly number[]; factor: number },
): TensorInfo {
  const { groups, c } = view;
  const result = allocate(backend, shape);
  withPartials(backend, view, { kind: 'sum', relu: false, tensors: [x] }, (partials, count) => {
    const uniforms = { c, count, factor };
    const program = programFor('channel sums', channelSums);
    runProgram(backend, program, { tensors: [partials, result], uniforms, workgroups: groups * c });
  });
  return result;
}

/** @returns y of the shape of x, mean and spread of `statistics` */
export function normalise(
  backend: CheckedWebGpuBackend,
  { x, scale, offset }: Record<'x' | 'scale' | 'offset', TensorInfo>,
  view: ChannelView,
  { epsilon, relu, spread, statistics }: NormOptions & { statistics: readonly number[] },
): TensorInfo[] {
  const { groups, c, rows } = view;
  const [y, mean, deviation] = [x.shape, statistics, statistics].map((shape) => allocate(backend, shape)) as Three;
  withScratch(backend, [groups, 2, c], (coefficients) => {
    withPartials(backend, view, { kind: 'moments', relu: false, tensors: [x] }, (partials, count) => {
      const { chunkRows, chunks } = chunked(view);
      const program = programFor(`channel moments ${spread}`, () => channelMoments(spread));
      const tensors = [partials, scale, offset, mean, deviation, coefficients];
      const uniforms = { c, count, rows, chunkRows, chunks, epsilon };
      runProgram(backend, program, { tensors, uniforms, workgroups: groups * c });
    });
    const width = vectorWidth(c);
    const program = programFor(`channel line ${width} ${relu}`, () => channelLine({ width, relu }));
    runLines(backend, program, { view, reads: [x], coefficients, result: y });
  });
  return [y, mean, deviation];
}

/** Tensors of the backward pass; y matters only where there was a ReLU. */
export type NormGradientInputs = Record<'dy' | 'x' | 'y' | 'scale' | 'mean' | 'spread', TensorInfo>;

/** @returns dx, and the gradients of scale and offset [c] */
export function normaliseGradient(
  backend: CheckedWebGpuBackend,
  { dy, x, y, scale, mean, spread: deviation }: NormGradientInputs,
  view: ChannelView,
  { epsilon, relu, spread }: NormOptions,
): TensorInfo[] {
  const { groups, c, segments, rows } = view;
  const dx = allocate(backend, x.shape);
  const shares = [1, 2].map(() => allocate(backend, [groups, c]));
  withScratch(backend, [groups, 3, c], (coefficients) => {
    const summed = { kind: 'gradients', relu, tensors: [dy, x, mean, ...(relu ? [y] : [])] } as const;
    withPartials(backend, view, summed, (partials, count) => {
      const program = programFor(`channel gradients ${spread}`, () => channelGradients(spread));
      const tensors = [partials, scale, mean, deviation, coefficients, ...shares];
      const uniforms = { c, count, groupRows: (segments / groups) * rows, epsilon };
      runProgram(backend, program, { tensors, uniforms, workgroups: groups * c });
    });
    const width = vectorWidth(c);
    const program = programFor(`channel plane ${width} ${relu}`, () => channelPlane({ width, relu }));
    runLines(backend, program, { view, reads: relu ? [dy, x, y] : [dy, x], coefficients, result: dx });
  });
  return [dx, ...shares.map((share) => overGroups(backend, share, { groups, c }))];
}

type Three = [TensorInfo, TensorInfo, TensorInfo];

/** Sums [groups,c] over the groups and disposes of it. */
function overGroups(
  backend: CheckedWebGpuBackend,
  share: TensorInfo,
  { groups, c }: { groups: number; c: number },
): TensorInfo {
  if (groups === 1) return { ...share, shape: [c] };
  const total = sumChannels(backend, share, { segments: 1, rows: groups, c, groups: 1 }, { shape: [c], factor: 1 });
  backend.disposeData(share.dataId);
  return total;
}

type Summed = { kind: PartialKind; relu: boolean; tensors: readonly TensorInfo[] };

/** Runs `use` with the partial results of a view and how many of them a group has. */
function withPartials(
  backend: CheckedWebGpuBackend,
  view: ChannelView,
  { kind, relu, tensors }: Summed,
  use: (partials: TensorInfo, count: number) => void,
): void {
  const { segments, rows, c, groups, chunkRows, chunks, lanes, tiles } = chunked(view);
  const numbers = kind === 'sum' ? 1 : 2;
  const program = programFor(`channel ${kind} ${lanes} ${relu}`, () => channelPartials({ kind, lanes, relu }));
  withScratch(backend, [segments * chunks * c * numbers], (partials) => {
    for (const { start, count } of segmentParts(backend, view)) {
      const uniforms = { rows, c, chunkRows, chunks, tiles, firstSegment: start, perGroup: segments / groups };
      const parts = tensors.map((tensor) => partOf(tensor, rows * c, { start, count, segments }));
      const workgroups = count * chunks * tiles;
      runProgram(backend, program, { tensors: [...parts, partials], uniforms, workgroups });
    }
    use(partials, (segments / groups) * chunks);
  });
}

type Lines = { view: ChannelView; reads: readonly TensorInfo[]; coefficients: TensorInfo; result: TensorInfo };

function runLines(
  backend: CheckedWebGpuBackend,
  program: ReturnType<typeof channelLine>,
  { view, reads, coefficients, result }: Lines,
): void {
  const { segments, rows, c, groups } = view;
  const width = vectorWidth(c);
  const segmentSize = (rows * c) / width;
  for (const { start, count } of segmentParts(backend, view)) {
    const of = (tensor: TensorInfo) => partOf(tensor, rows * c, { start, count, segments });
    const size = count * segmentSize;
    const uniforms = { size, c: c / width, segmentSize, firstSegment: start, perGroup: segments / groups };
    const tensors = [...reads.map(of), coefficients, of(result)];
    runProgram(backend, program, { tensors, uniforms, workgroups: Math.ceil(size / CHANNEL_WORKGROUP) });
  }
}

function segmentParts(backend: CheckedWebGpuBackend, { segments, rows, c }: ChannelView) {
  return batchParts(segments, [4 * rows * c], backend.settings.maxBindingBytes);
}

/** The segments of a tensor that has them, or the whole of another, such as statistics. */
function partOf(
  tensor: TensorInfo,
  segmentSize: number,
  { start, count, segments }: { start: number; count: number; segments: number },
): TensorPart {
  const isWhole = count === segments || util.sizeFromShape(tensor.shape) !== segments * segmentSize;
  return isWhole ? tensor : { tensor, start: start * segmentSize, length: count * segmentSize };
}
