import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { input } from '../../kernel-call.ts';
import type { ChannelView } from '../kernels/channel-view.ts';
import type { WebGpuKernel } from '../webgpu-kernel.ts';
import { sumChannels } from './channel-passes.ts';

/** Below, the stock kernels are as fast. */
const SMALLEST_COUNT = 32;

/** Rows of a segment where one axis is all that is reduced: enough for a workgroup, few enough for any binding. */
const MOST_ROWS = 65536;

/**
 * A reduction over neighbouring axes, some of which remain behind them, as sums over rows; null for all others. Where
 * nothing stands before them the first is cut into segments, so that a part of it can be worked on alone: one for each
 * entry, or, where it has no others behind it, as few as may be.
 */
function reducedView(shape: readonly number[], axes: readonly number[]): ChannelView | null {
  const first = axes[0] ?? 0;
  if (axes.some((axis, i) => axis !== first + i) || axes.length === 0) return null;
  const size = (extents: readonly number[]) => util.sizeFromShape([...extents]);
  const [outer, c] = [size(shape.slice(0, first)), size(shape.slice(first + axes.length))];
  const reduced = shape.slice(first, first + axes.length);
  if (c === 1 || outer * size(reduced) < SMALLEST_COUNT) return null;
  if (outer > 1) return { segments: outer, rows: size(reduced), c, groups: outer };
  const [extent = 1, ...rest] = reduced;
  const segments = rest.length > 0 ? extent : fewestSegments(extent);
  return { segments, rows: (extent / segments) * size(rest), c, groups: 1 };
}

/** The smallest divisor that leaves at most {@link MOST_ROWS} rows to a segment. */
function fewestSegments(rows: number): number {
  let segments = Math.max(1, Math.ceil(rows / MOST_ROWS));
  while (rows % segments !== 0) segments++;
  return segments;
}

function reduction(isMean: boolean): WebGpuKernel {
  return (call) => {
    const x: TensorInfo = input(call, 'x');
    const { axis, keepDims } = call.attrs as { axis: number | number[]; keepDims?: boolean };
    const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
    const view = reducedView(x.shape, axes);
    if (view === null || x.dtype !== 'float32') return undefined;
    const shape = x.shape.flatMap((extent, i) => (!axes.includes(i) ? [extent] : keepDims === true ? [1] : []));
    const factor = isMean ? view.groups / (view.segments * view.rows) : 1;
    return sumChannels(call.backend, x, view, { shape, factor });
  };
}

export const reduceKernels: Record<string, WebGpuKernel> = { Sum: reduction(false), Mean: reduction(true) };
