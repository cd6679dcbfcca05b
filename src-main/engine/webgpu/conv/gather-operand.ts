import { vectorType, vectorWidth } from '../kernels/channel-view.ts';
import { runFunctionName, type Operand } from '../gemm/operand.ts';
import { runType, type RunWidth } from '../gemm/run-width.ts';
import { atLeastOne, readsOutside, type GatherAxes } from './gather-geometry.ts';

/**
 * The source [n,t,h,w,channels] as the left operand: places of the grid against taps and channels, channels fastest.
 * `halves`: its channels, a multiple of eight, are f16.
 */
export type Gather = { axes: GatherAxes; channels: number; halves: boolean };

/** Rows are places, the depth is (tap, channel): the forward pass and the input gradient. */
export function placesByTaps(gather: Gather): Operand {
  const { axes, channels } = gather;
  const { width, inRuns, element } = runsOf(gather);
  return {
    side: 'left',
    contiguous: 'depth',
    ...{ width, element },
    sharedDepth: inRuns ? channels : 0,
    wgsl: `${decoders(gather)}
alias LeftOuter = Place;
fn leftOuter(row: u32) -> Place { return placeAt(row, uniforms.rows); }
${
  inRuns
    ? `alias LeftDepth = Tap;
fn leftDepth(depth: u32) -> Tap { return tapAt(depth, uniforms.depth); }
${gatherRun(gather, width)}
fn ${runFunctionName('left', width)}(place: Place, tap: Tap, offset: u32) -> ${runType(width)} { return gatherRun(place, tap, offset); }`
    : `alias LeftDepth = u32;
fn leftDepth(depth: u32) -> u32 { return depth; }
${gatherOne(axes, channels)}
fn leftFour(place: Place, depth: u32, offset: u32) -> vec4<f32> {
  return vec4(${[0, 1, 2, 3].map((i) => `gatherOne(place, tapAt(depth + offset + ${i}, uniforms.depth))`).join(', ')});
}`
}`,
  };
}

/** Rows are (tap, channel), the depth is places: the filter gradient. */
export function tapsByPlaces(gather: Gather): Operand {
  const { axes, channels } = gather;
  const { width, inRuns, element } = runsOf(gather);
  return {
    side: 'left',
    contiguous: 'outer',
    ...{ width, element },
    sharedDepth: 0,
    wgsl: `${decoders(gather)}
alias LeftDepth = Place;
fn leftDepth(depth: u32) -> Place { return placeAt(depth, uniforms.depth); }
${
  inRuns
    ? `alias LeftOuter = Tap;
fn leftOuter(row: u32) -> Tap { return tapAt(row, uniforms.rows); }
${gatherRun(gather, width)}
fn ${runFunctionName('left', width)}(tap: Tap, place: Place, offset: u32) -> ${runType(width)} { return gatherRun(place, tap, offset); }`
    : `alias LeftOuter = u32;
fn leftOuter(row: u32) -> u32 { return row; }
${gatherOne(axes, channels)}
fn leftFour(row: u32, place: Place, offset: u32) -> vec4<f32> {
  return vec4(${[0, 1, 2, 3].map((i) => `gatherOne(place, tapAt(row + offset + ${i}, uniforms.rows))`).join(', ')});
}`
}`,
  };
}

/**
 * `Place`: where the taps of a place begin, by axis and as an index of the source. `Tap`: how far a tap lies from there,
 * and its channel. Indices are signed, as padding lies before the source.
 */
function decoders({ axes: [t, h, w], channels }: Gather): string {
  return `struct Place { t: i32, h: i32, w: i32, index: i32, inside: bool }
struct Tap { t: i32, h: i32, w: i32, index: i32, channel: u32, inside: bool }
fn placeAt(number: u32, limit: u32) -> Place {
  let w = i32(number % ${w.places} * ${w.stride}) + ${w.offset};
  let h = i32(number / ${w.places} % ${h.places} * ${h.stride}) + ${h.offset};
  let t = i32(number / ${w.places * h.places} % ${t.places} * ${t.stride}) + ${t.offset};
  let n = i32(number / ${w.places * h.places * t.places});
  return Place(t, h, w, ((n * ${t.source} + t) * ${h.source} + h) * ${w.source} + w, number < limit);
}
fn tapAt(number: u32, limit: u32) -> Tap {
  let tap = number / ${channels};
  let w = i32(tap % ${atLeastOne(w.taps)}) * ${w.tapOffset};
  let h = i32(tap / ${atLeastOne(w.taps)} % ${atLeastOne(h.taps)}) * ${h.tapOffset};
  let t = i32(tap / ${atLeastOne(w.taps * h.taps)}) * ${t.tapOffset};
  return Tap(t, h, w, (t * ${h.source} + h) * ${w.source} + w, number % ${channels}, number < limit);
}`;
}

/** Channels one by one where they do not come in fours. */
function runsOf({ channels, halves }: Gather): Pick<Operand, 'width' | 'element'> & { inRuns: boolean } {
  if (halves) return { width: 8, inRuns: true, element: runType(8) };
  const inFours = vectorWidth(channels);
  return { width: 4, inRuns: inFours === 4, element: vectorType(inFours) };
}

function gatherRun({ axes, channels }: Gather, width: RunWidth): string {
  const type = runType(width);
  return `fn gatherRun(place: Place, tap: Tap, offset: u32) -> ${type} {
  let inside = ${insideTest(axes)};
  let at = (u32(place.index + tap.index) * ${channels} + tap.channel + offset) / ${width};
  if (inside) { return left[at]; }
  return ${type}();
}`;
}

function gatherOne(axes: GatherAxes, channels: number): string {
  return `fn gatherOne(place: Place, tap: Tap) -> f32 {
  let inside = ${insideTest(axes)};
  let at = u32(place.index + tap.index) * ${channels} + tap.channel;
  return select(0.0, left[select(0, at, inside)], inside);
}`;
}

/**
 * A negative coordinate is a huge one as u32, so that one comparison tests both borders. Why no branches here and in other
 * operands: the loads of a step shall be in flight together, and SwiftShader takes minutes to compile nested ones.
 */
function insideTest(axes: GatherAxes): string {
  const tests = (['t', 'h', 'w'] as const).flatMap((name, i) => {
    const axis = axes[i]!;
    return readsOutside(axis) ? [`(u32(place.${name} + tap.${name}) < ${axis.source})`] : [];
  });
  return ['place.inside', 'tap.inside', ...tests].join(' & ');
}
