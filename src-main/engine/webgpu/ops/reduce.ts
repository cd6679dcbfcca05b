import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { input } from '../../kernel-call.ts';
import type { ChannelView } from '../kernels/channel-view.ts';
import type { WebGpuKernel } from '../webgpu-kernel.ts';
import { sumChannels } from './channel-passes.ts';

/** Below, the stock kernels are as fast. */
const SMALLEST_COUNT = 32;

/** Of a segment: half of what every WebGPU shows a shader at once, so that sums have one order on all of them. */
const MOST_BYTES = 64 * 2 ** 20;

/**
 * A reduction over neighbouring axes, some of which remain behind them, as sums over rows; null for all others. Where
 * nothing stands before them the first is cut into as few segments as are short enough to be worked on alone.
 */
function reducedView(shape: readonly number[], axes: readonly number[], mostBytes: number): ChannelView | null {
  const first = axes[0] ?? 0;
  if (axes.some((axis, i) => axis !== first + i) || axes.length === 0) return null;
  const size = (extents: readonly number[]) => util.sizeFromShape([...extents]);
  const [outer, c] = [size(shape.slice(0, first)), size(shape.slice(first + axes.length))];
  const reduced = shape.slice(first, first + axes.length);
  if (c === 1 || outer * size(reduced) < SMALLEST_COUNT) return null;
  if (outer > 1) return { segments: outer, rows: size(reduced), c, groups: outer };
  const [extent = 1, ...rest] = reduced;
  const segments = fewestSegments(extent, 4 * size(rest) * c, mostBytes);
  return { segments, rows: size(reduced) / segments, c, groups: 1 };
}

/** The smallest divisor of the entries that leaves no segment with more bytes; a segment for each where there is none. */
function fewestSegments(entries: number, entryBytes: number, mostBytes: number): number {
  let segments = Math.min(entries, Math.ceil((entries * entryBytes) / mostBytes));
  while (entries % segments !== 0) segments++;
  return segments;
}

function reduction(isMean: boolean): WebGpuKernel {
  return (call) => {
    const x: TensorInfo = input(call, 'x');
    const { axis, keepDims } = call.attrs as { axis: number | number[]; keepDims?: boolean };
    const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
    const view = reducedView(x.shape, axes, Math.min(MOST_BYTES, call.backend.settings.maxBindingBytes));
    if (view === null || x.dtype !== 'float32') return undefined;
    const shape = x.shape.flatMap((extent, i) => (!axes.includes(i) ? [extent] : keepDims === true ? [1] : []));
    const factor = isMean ? view.groups / (view.segments * view.rows) : 1;
    return sumChannels(call.backend, x, view, { shape, factor });
  };
}

export const reduceKernels: Record<string, WebGpuKernel> = { Sum: reduction(false), Mean: reduction(true) };
