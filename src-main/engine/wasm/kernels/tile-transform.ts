/**
 * Applies a matrix along each of the axes t, h, w of a tile: what all transforms of a Winograd convolution are, of inputs,
 * outputs and filters, forward and adjoint. Values between the passes over the axes stay in scratch memory.
 */
import type { KernelBuilder, Target } from '../assembler/kernel-builder.ts';
import { I32 } from '../assembler/values.ts';
import type { Axes3 } from './conv-geometry.ts';
import { linearMap, type Lanes } from './linear-map.ts';
import type { Matrix } from './winograd-matrices.ts';

type Axis = 0 | 1 | 2;

/** The places [begin, end) of a tile that exist along an axis; those of [sure[0], sure[1]) do in every tile. */
export type Span = { begin: I32; end: I32; sure: readonly [number, number] };

/**
 * Where a tile lies in memory: the address of its first place, bytes between neighbours along t, h, w. `spans`: which
 * places exist along each axis (undefined: all of them); the others are read as zeros and not written.
 */
type TilePlaces = { at: I32; strides: Axes3; spans?: readonly (Span | undefined)[] };

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
  /** Made ready by {@link clearTileScratch} where places may be missing. */
  scratch: I32;
};

const MOST_VECTORS = 2;
/** At the start of the scratch: what is read where a place does not exist. */
const ZEROS_BYTES = 64;

/** Vectors side by side in the transform of `channels` channels: two where V8 can fuse them. */
export function transformVectors({ tileVectors }: Target, channels: number): number {
  return tileVectors === 4 && channels % 8 === 0 ? MOST_VECTORS : 1;
}

/** Bytes of scratch for tiles and results of up to `side`³ places. */
export function tileScratchBytes(side: number): number {
  return ZEROS_BYTES + side ** 3 * MOST_VECTORS * 16;
}

export function clearTileScratch(k: KernelBuilder, scratch: I32): void {
  k.clear(scratch, ZEROS_BYTES);
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
  const middle: TilePlaces = {
    at: scratch.add(ZEROS_BYTES),
    strides: [side(h!) * side(w!) * bytes, side(w!) * bytes, bytes],
  };
  const extents = [t![0], h![0], w![0]];
  const run = (axis: Axis, source: TileSource, target: TileTarget) => {
    pass(k, transform, { axis, source, target, extents });
    extents[axis] = matrices[axis].length;
  };
  run(first, from, middle);
  run(second, middle, middle);
  run(third, middle, to);
}

type Pass = { axis: Axis; source: TileSource; target: TileTarget; extents: readonly number[] };

/** Maps all lines along one axis; lines that do not exist are zeros where read, left out where written. */
function pass(k: KernelBuilder, transform: TileTransform, { axis, source, target, extents }: Pass): void {
  const [outer, inner] = ([0, 1, 2] as const).filter((other) => other !== axis) as [Axis, Axis];
  const spanOf = (other: Axis) => source.spans?.[other] ?? target.spans?.[other];
  const [from, to] = [k.i32(source.at), k.i32(target.at)];
  const [lineFrom, lineTo] = [k.i32(), k.i32()];
  k.forRange(0, extents[outer]!, (i) => {
    lineFrom.set(from);
    lineTo.set(to);
    k.forRange(0, extents[inner]!, (j) => {
      const line = { axis, source: { ...source, at: lineFrom }, target: { ...target, at: lineTo } };
      const exists = [isInside(i, spanOf(outer)), isInside(j, spanOf(inner))].filter((inside) => inside !== undefined);
      if (exists.length === 0) mapLine(k, transform, line);
      else
        k.if(
          exists.reduce((all, inside) => all.and(inside)),
          () => mapLine(k, transform, line),
          () => source.spans && clearLine(k, transform, line),
        );
      lineFrom.advance(source.strides[inner]);
      lineTo.advance(target.strides[inner]);
    });
    from.advance(source.strides[outer]);
    to.advance(target.strides[outer]);
  });
}

function isInside(index: I32, span: Span | undefined): I32 | undefined {
  return span && index.sub(span.begin).below(span.end.sub(span.begin));
}

type Line = Omit<Pass, 'extents'>;

function mapLine(
  k: KernelBuilder,
  { matrices, vectors, scratch }: TileTransform,
  { axis, source, target }: Line,
): void {
  const matrix = matrices[axis];
  const read = source.read ?? ((at: I32, offset: number) => loadLanes(k, at, offset, vectors));
  const isSure = (span: Span | undefined, i: number) => span === undefined || (i >= span.sure[0] && i < span.sure[1]);
  const inputs = matrix[0]!.map((_, i) => {
    const [span, offset] = [source.spans?.[axis], i * source.strides[axis]];
    if (isSure(span, i)) return read(source.at, offset);
    return read(k.i32(isInside(I32.of(i), span)!.select(source.at.add(offset), scratch)), 0);
  });
  linearMap(k, matrix, inputs, (row, value) => {
    const result = target.finish?.(value) ?? value;
    const floats = target.floats ?? vectors * 4;
    const span = target.spans?.[axis];
    const write = () => storeLanes(k, target.at, { lanes: result, floats, offset: row * target.strides[axis] });
    if (isSure(span, row)) write();
    else k.if(isInside(I32.of(row), span)!, write);
  });
}

/** Results of a line of zeros. */
function clearLine(k: KernelBuilder, { matrices, vectors }: TileTransform, { axis, target }: Line): void {
  const zeros = Array.from({ length: vectors }, () => k.v128(k.zero));
  matrices[axis].forEach((_, row) =>
    storeLanes(k, target.at, { lanes: zeros, floats: vectors * 4, offset: row * target.strides[axis] }),
  );
}

function loadLanes(k: KernelBuilder, at: I32, offset: number, vectors: number): Lanes {
  return Array.from({ length: vectors }, (_, v) => k.v128(at.load(offset + v * 16)));
}

/** Stores the first `floats` of lanes. */
function storeLanes(
  k: KernelBuilder,
  at: I32,
  { lanes, floats, offset }: { lanes: Lanes; floats: number; offset: number },
): void {
  lanes.forEach((vector, v) => {
    if (floats > v * 4) k.storeLanes(at, vector, floats - v * 4, offset + v * 16);
  });
}
