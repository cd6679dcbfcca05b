/**
 * Warp, colour and normalisation of clips, and its gradients (models/ops/clip-transform.ts). One invocation for each
 * pixel. The gradient of the clips is gathered, not scattered: a pixel looks for the output places that sampled it among
 * those that the inverse warp takes to it, so that sums have one order and nothing needs clearing.
 */
import type { ComputeProgram } from '../compute-program.ts';
import { eachItem, type ItemProgram } from './each-item.ts';
import { channelUniforms } from './channel-uniforms.ts';

export type ClipTransformParams = { t: number; h: number; w: number; c: number; bytes: boolean };

export const GRADIENT_WORKGROUP = 64;
const WARP_NUMBERS = 6;

/** Numbers of the gradients of both matrices of a clip. */
export function matrixNumbers(c: number): number {
  return WARP_NUMBERS + c * (c + 1);
}

/** Buffers clips [n,t,h,w,c], warp [n,2,3], colour [n,c,c+1], y. Items are pixels. */
export function clipTransform(params: ClipTransformParams): ComputeProgram {
  return eachItem({
    ...ofClips('clip transform', params),
    reads: [clipsOf(params), 'warp', 'colour'],
    results: ['y'],
    functions: geometry(params) + sampling(params),
    statements: `  let pixel = pixelOf(i);
  let place = placeOf(warpOf(pixel.clip), pixel);
  let corners = cornersOf(pixel.frame, place);
  let matrix = pixel.clip * C * (C + 1u);
  for (var row = 0u; row < C; row++) {
    var value = colour[matrix + row * (C + 1u) + C] - mean(row);
    for (var channel = 0u; channel < C; channel++) {
      value += colour[matrix + row * (C + 1u) + channel] * bilinear(corners, channel);
    }
    y[i * C + row] = value / deviation(row);
  }`,
  });
}

/** Buffers dy, warp, colour, dclips [n,t,h,w,c]. Items are pixels of the input; clips are f32. */
export function clipTransformInputGradient(params: ClipTransformParams): ComputeProgram {
  return eachItem({
    ...ofClips('clip transform gradient of clips', params),
    reads: ['dy', 'warp', 'colour'],
    results: ['dclips'],
    functions: geometry(params),
    statements: `  let pixel = pixelOf(i);
  let warped = warpOf(pixel.clip);
  let here = vec2<f32>(f32(pixel.column), f32(pixel.row));
  let span = sampledFrom(warped, here);
  var slopes: array<f32, C>;
  for (var row = span.low.y; row <= span.high.y; row++) {
    for (var column = span.low.x; column <= span.high.x; column++) {
      let distance = abs(placeOf(warped, Pixel(pixel.clip, pixel.frame, u32(row), u32(column))) - here);
      let share = max(0.0, 1.0 - distance.x) * max(0.0, 1.0 - distance.y);
      if (share > 0.0) {
        let at = (pixel.frame * H * W + u32(row) * W + u32(column)) * C;
        for (var channel = 0u; channel < C; channel++) { slopes[channel] += share * dy[at + channel]; }
      }
    }
  }
  let matrix = pixel.clip * C * (C + 1u);
  for (var channel = 0u; channel < C; channel++) {
    var slope = 0.0;
    for (var row = 0u; row < C; row++) {
      slope += slopes[row] * colour[matrix + row * (C + 1u) + channel] / deviation(row);
    }
    dclips[i * C + channel] = slope;
  }`,
  });
}

/**
 * What each chunk of a clip's pixels adds to the gradients of its matrices. Buffers clips, warp, colour, dy, partials
 * [n,chunks,6+c(c+1)].
 */
export function clipTransformMatrixPartials(params: ClipTransformParams): ComputeProgram {
  const numbers = matrixNumbers(params.c);
  const { uniforms } = ofClips('', params);
  return {
    label: 'clip transform gradient of matrices',
    buffers: [
      { ...clipsOf(params), access: 'read' },
      ...['warp', 'colour', 'dy'].map((name) => ({ name, element: 'f32', access: 'read' as const })),
      { name: 'partials', element: 'f32', access: 'read_write' },
    ],
    uniforms: { ...uniforms, chunks: 'u32', chunkPixels: 'u32' },
    workgroupSize: GRADIENT_WORKGROUP,
    body: `const NUMBERS = ${numbers}u;
${geometry(params)}${sampling(params)}var<workgroup> parts: array<array<f32, NUMBERS>, ${GRADIENT_WORKGROUP}>;

fn run(group: u32, local: u32) {
  let clip = group / uniforms.chunks;
  let start = (group % uniforms.chunks) * uniforms.chunkPixels;
  let end = min(start + uniforms.chunkPixels, T * H * W);
  let warped = warpOf(clip + uniforms.firstClip);
  let matrix = (clip + uniforms.firstClip) * C * (C + 1u);
  var sums: array<f32, NUMBERS>;
  for (var inClip = start + local; inClip < end; inClip += ${GRADIENT_WORKGROUP}u) {
    let i = clip * T * H * W + inClip;
    let pixel = pixelOf(i);
    let corners = cornersOf(pixel.frame, placeOf(warped, pixel));
    var slope = vec2<f32>();
    for (var row = 0u; row < C; row++) {
      let dvalue = dy[i * C + row] / deviation(row);
      for (var channel = 0u; channel < C; channel++) {
        sums[6u + row * (C + 1u) + channel] += dvalue * bilinear(corners, channel);
        slope += dvalue * colour[matrix + row * (C + 1u) + channel] * slopeOf(corners, channel);
      }
      sums[6u + row * (C + 1u) + C] += dvalue;
    }
    let along = centred(pixel);
    let scaled = slope * HALF;
    for (var axis = 0u; axis < 2u; axis++) {
      sums[axis * 3u] += scaled[axis] * along.x;
      sums[axis * 3u + 1u] += scaled[axis] * along.y;
      sums[axis * 3u + 2u] += scaled[axis];
    }
  }
  parts[local] = sums;
  workgroupBarrier();
  for (var number = local; number < NUMBERS; number += ${GRADIENT_WORKGROUP}u) {
    var total = 0.0;
    for (var j = 0u; j < ${GRADIENT_WORKGROUP}u; j++) { total += parts[j][number]; }
    partials[((clip + uniforms.firstClip) * uniforms.chunks + group % uniforms.chunks) * NUMBERS + number] = total;
  }
}
`,
  };
}

/** Adds up the chunks. Buffers partials, dwarp [n,2,3], dcolour [n,c,c+1]; items are the numbers of all clips. */
export function clipTransformMatrixGradients({ c }: Pick<ClipTransformParams, 'c'>): ComputeProgram {
  const numbers = matrixNumbers(c);
  return eachItem({
    label: 'clip transform gradient of matrices, sums',
    reads: ['partials'],
    results: ['dwarp', 'dcolour'],
    uniforms: { chunks: 'u32' },
    statements: `  let clip = i / ${numbers}u;
  let number = i % ${numbers}u;
  var total = 0.0;
  for (var chunk = 0u; chunk < uniforms.chunks; chunk++) {
    total += partials[(clip * uniforms.chunks + chunk) * ${numbers}u + number];
  }
  if (number < ${WARP_NUMBERS}u) {
    dwarp[clip * ${WARP_NUMBERS}u + number] = total;
  } else {
    dcolour[clip * ${numbers - WARP_NUMBERS}u + number - ${WARP_NUMBERS}u] = total;
  }`,
  });
}

function ofClips(label: string, { c }: ClipTransformParams): Pick<ItemProgram, 'label'> & { uniforms: Uniforms } {
  const scales = ['mean', 'deviation', 'fill'].flatMap((name) => channelUniforms(name, c));
  return { label, uniforms: { firstClip: 'u32', ...Object.fromEntries(scales) } };
}

type Uniforms = Record<string, 'u32' | 'f32'>;

function clipsOf({ bytes }: ClipTransformParams) {
  return { name: 'clips', element: bytes ? 'i32' : 'f32' };
}

/** Sizes, places and the scales of channels. Coordinates run from -1 to 1; the only pixel of an axis lies at 0. */
function geometry({ t, h, w, c }: ClipTransformParams): string {
  const extent = (size: number) => (size === 1 ? 0 : 2 / (size - 1));
  const scale = (name: string) => `fn ${name}(channel: u32) -> f32 {
  var values = array<f32, C>(${Array.from({ length: c }, (_, channel) => `uniforms.${name}${channel}`).join(', ')});
  return values[channel];
}
`;
  return `const T = ${t}u;
const H = ${h}u;
const W = ${w}u;
const C = ${c}u;
/** Pixels to a unit of the coordinates, and units from pixel to pixel. */
const HALF = vec2<f32>(${(w - 1) / 2}, ${(h - 1) / 2});
const PITCH = vec2<f32>(${extent(w)}, ${extent(h)});
const CORNER = vec2<f32>(${w === 1 ? 0 : -1}, ${h === 1 ? 0 : -1});

${['mean', 'deviation', 'fill'].map(scale).join('')}
/** clip counts from the first of all clips, frame from the first of this part of them. */
struct Pixel { clip: u32, frame: u32, row: u32, column: u32 }

fn pixelOf(i: u32) -> Pixel {
  let frame = i / (H * W);
  return Pixel(frame / T + uniforms.firstClip, frame, i / W % H, i % W);
}

/** The warp in pixels: place = (ofColumn, ofRow) (column, row) + start. */
struct Warp { ofColumn: vec2<f32>, ofRow: vec2<f32>, start: vec2<f32> }

fn warpOf(clip: u32) -> Warp {
  let at = clip * 6u;
  let ofX = vec2<f32>(warp[at], warp[at + 3u]);
  let ofY = vec2<f32>(warp[at + 1u], warp[at + 4u]);
  let shift = vec2<f32>(warp[at + 2u], warp[at + 5u]);
  return Warp(ofX * PITCH.x * HALF, ofY * PITCH.y * HALF, (ofX * CORNER.x + ofY * CORNER.y + shift + 1.0) * HALF);
}

/** The input place, in pixels, that an output pixel shows. */
fn placeOf(warped: Warp, pixel: Pixel) -> vec2<f32> {
  return warped.ofColumn * f32(pixel.column) + warped.ofRow * f32(pixel.row) + warped.start;
}

/** Coordinates of a pixel. */
fn centred(pixel: Pixel) -> vec2<f32> {
  return CORNER + PITCH * vec2<f32>(f32(pixel.column), f32(pixel.row));
}

/** Columns and rows of the output. */
struct Span { low: vec2<i32>, high: vec2<i32> }

/** Where the output may show a place less than a pixel away from here: everywhere if the warp has no inverse. */
fn sampledFrom(warped: Warp, here: vec2<f32>) -> Span {
  let last = vec2<f32>(f32(W - 1u), f32(H - 1u));
  let determinant = warped.ofColumn.x * warped.ofRow.y - warped.ofRow.x * warped.ofColumn.y;
  if (abs(determinant) < 1e-6) { return Span(vec2<i32>(), vec2<i32>(last)); }
  let d = here - warped.start;
  let middle = vec2<f32>(warped.ofRow.y * d.x - warped.ofRow.x * d.y,
                         warped.ofColumn.x * d.y - warped.ofColumn.y * d.x) / determinant;
  let reach = vec2<f32>(abs(warped.ofRow.y) + abs(warped.ofRow.x),
                        abs(warped.ofColumn.x) + abs(warped.ofColumn.y)) / abs(determinant);
  // A place more on each side: the middle is rounded.
  let low = clamp(floor(middle - reach) - 1.0, vec2<f32>(), last + 1.0);
  let high = clamp(ceil(middle + reach) + 1.0, vec2<f32>(-1.0), last);
  return Span(vec2<i32>(low), vec2<i32>(high));
}

`;
}

/** Bilinear samples; neighbours outside the picture have the fill colour. */
function sampling({ bytes }: ClipTransformParams): string {
  return `/** Places of the four neighbours in memory, whether they are inside, and how far the place is from the first. */
struct Corners { at: vec4<u32>, isInside: vec4<bool>, share: vec2<f32> }

fn cornersOf(frame: u32, place: vec2<f32>) -> Corners {
  let first = floor(place);
  let x = vec4<f32>(first.x, first.x + 1.0, first.x, first.x + 1.0);
  let y = vec4<f32>(first.y, first.y, first.y + 1.0, first.y + 1.0);
  let right = f32(W - 1u);
  let bottom = f32(H - 1u);
  let column = vec4<u32>(clamp(x, vec4<f32>(), vec4<f32>(right)));
  let row = vec4<u32>(clamp(y, vec4<f32>(), vec4<f32>(bottom)));
  let isInside = (x >= vec4<f32>()) & (x <= vec4<f32>(right)) & (y >= vec4<f32>()) & (y <= vec4<f32>(bottom));
  return Corners((frame * H * W + row * W + column) * C, isInside, place - first);
}

fn neighbours(corners: Corners, channel: u32) -> vec4<f32> {
  let at = corners.at + channel;
  let found = vec4<f32>(${['x', 'y', 'z', 'w'].map((lane) => `f32(clips[at.${lane}])`).join(', ')})${bytes ? ' / 255.0' : ''};
  return select(vec4<f32>(fill(channel)), found, corners.isInside);
}

fn bilinear(corners: Corners, channel: u32) -> f32 {
  let values = neighbours(corners, channel);
  let rows = mix(values.xz, values.yw, corners.share.x);
  return mix(rows.x, rows.y, corners.share.y);
}

/** How the sample changes with the place, along columns and rows. */
fn slopeOf(corners: Corners, channel: u32) -> vec2<f32> {
  let values = neighbours(corners, channel);
  let across = values.yw - values.xz;
  let down = values.zw - values.xy;
  return vec2<f32>(mix(across.x, across.y, corners.share.y), mix(down.x, down.y, corners.share.x));
}

`;
}
