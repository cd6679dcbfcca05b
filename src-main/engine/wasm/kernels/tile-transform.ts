/**
 * Applies a matrix along each of the axes t, h, w of a tile: what all transforms of a Winograd convolution are, of inputs,
 * outputs and filters, forward and adjoint. Values between the passes over the axes stay in scratch memory.
 */
import type { KernelBuilder, Target } from '../assembler/kernel-builder.ts';
import type { I32 } from '../assembler/values.ts';
import type { Axes3 } from './conv-geometry.ts';
import { linearMap, type Lanes } from './linear-map.ts';
import type { Matrix } from './winograd-matrices.ts';

type Axis = 0 | 1 | 2;

/**
 * Where a tile lies in memory: the address of its first place, bytes between neighbours along t, h, w. `extents`: places
 * that exist of a tile at the edge (all of them by default); the others are read as zeros and not written.
 */
type TilePlaces = { at: I32; strides: Axes3; extents?: readonly (I32 | undefined)[] };

/** `read`: reads a place other than by loading it. */
type TileSource = TilePlaces & { read?: (at: I32, offset: number) => Lanes };
/** `finish`: changes a result before it is written. `floats`: how many of it are written (all by default). */
type TileTarget = TilePlaces & { finish?: (value: Lanes) => Lanes; floats?: number };

export type TileTransform = {
  /** One matrix for each axis. */
  matrices: readonly [Matrix, Matrix, Matrix];
  /** Vectors of four floats side by side at every place. */
  vectors: number;
  from: TileSource;
  to: TileTarget;
  scratch: I32;
};

const MOST_VECTORS = 2;

/** Vectors side by side in the transform of `channels` channels: two where V8 can fuse them. */
export function transformVectors({ tileVectors }: Target, channels: number): number {
  return tileVectors === 4 && channels % 8 === 0 ? MOST_VECTORS : 1;
}

/** Bytes of scratch for tiles and results of up to `side`³ places. */
export function tileScratchBytes(side: number): number {
  return side ** 3 * MOST_VECTORS * 16;
}

/** Reads along w, writes along t: for results that lie far apart along all axes alike. */
export function transformInward(k: KernelBuilder, transform: TileTransform): void {
  runPasses(k, transform, [2, 1, 0]);
}

/** Reads along t, writes along w: the reverse of {@link transformInward}. */
export function transformOutward(k: KernelBuilder, transform: TileTransform): void {
  runPasses(k, transform, [0, 1, 2]);
}

function runPasses(k: KernelBuilder, transform: TileTransform, [first, second, third]: readonly [Axis, Axis, Axis]) {
  const { matrices, vectors, from, to, scratch } = transform;
  const [t, h, w] = matrices.map((matrix) => [matrix[0]!.length, matrix.length] as const);
  const side = (axis: readonly [number, number]) => Math.max(...axis);
  const bytes = vectors * 16;
  const middle: TilePlaces = { at: scratch, strides: [side(h!) * side(w!) * bytes, side(w!) * bytes, bytes] };
  const extents = [t![0], h![0], w![0]];
  const isRagged = from.extents?.some((extent) => extent !== undefined) === true;
  if (isRagged) k.clear(scratch, side(t!) * side(h!) * side(w!) * bytes);
  const run = (axis: Axis, source: TileSource, target: TileTarget) => {
    pass(k, transform, { axis, source, target, extents });
    extents[axis] = matrices[axis].length;
  };
  run(first, from, middle);
  run(second, middle, middle);
  run(third, middle, to);
}

type Pass = { axis: Axis; source: TileSource; target: TileTarget; extents: readonly number[] };

/** Maps all lines along one axis. */
function pass(k: KernelBuilder, transform: TileTransform, { axis, source, target, extents }: Pass): void {
  const [outer, inner] = ([0, 1, 2] as const).filter((other) => other !== axis) as [Axis, Axis];
  const count = (other: Axis) => source.extents?.[other] ?? target.extents?.[other] ?? extents[other]!;
  const [from, to] = [k.i32(source.at), k.i32(target.at)];
  const [lineFrom, lineTo] = [k.i32(), k.i32()];
  k.forRange(0, count(outer), () => {
    lineFrom.set(from);
    lineTo.set(to);
    k.forRange(0, count(inner), () => {
      mapLine(k, transform, { axis, source: { ...source, at: lineFrom }, target: { ...target, at: lineTo } });
      lineFrom.advance(source.strides[inner]);
      lineTo.advance(target.strides[inner]);
    });
    from.advance(source.strides[outer]);
    to.advance(target.strides[outer]);
  });
}

function mapLine(
  k: KernelBuilder,
  { matrices, vectors }: TileTransform,
  { axis, source, target }: Omit<Pass, 'extents'>,
): void {
  const matrix = matrices[axis];
  const read = source.read ?? ((at: I32, offset: number) => loadLanes(k, at, offset, vectors));
  const inputs = matrix[0]!.map((_, i) =>
    readPlace(k, { index: i, extent: source.extents?.[axis], vectors }, () =>
      read(source.at, i * source.strides[axis]),
    ),
  );
  linearMap(k, matrix, inputs, (row, value) => {
    const result = target.finish?.(value) ?? value;
    const offset = row * target.strides[axis];
    const floats = target.floats ?? vectors * 4;
    const write = () =>
      result.forEach((vector, v) => {
        if (floats > v * 4) k.storeLanes(target.at, vector, floats - v * 4, offset + v * 16);
      });
    const extent = target.extents?.[axis];
    if (extent === undefined || row === 0) write();
    else k.if(extent.atLeast(row + 1), write);
  });
}

function loadLanes(k: KernelBuilder, at: I32, offset: number, vectors: number): Lanes {
  return Array.from({ length: vectors }, (_, v) => k.v128(at.load(offset + v * 16)));
}

/** A place, or zeros where it lies beyond the extent. */
function readPlace(
  k: KernelBuilder,
  { index, extent, vectors }: { index: number; extent: I32 | undefined; vectors: number },
  load: () => Lanes,
): Lanes {
  if (extent === undefined || index === 0) return load();
  const value = Array.from({ length: vectors }, () => k.v128(k.zero));
  k.if(extent.atLeast(index + 1), () => load().forEach((vector, v) => value[v]!.set(vector)));
  return value;
}
