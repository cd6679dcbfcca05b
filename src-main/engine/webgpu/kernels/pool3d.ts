/** Pools over windows of [t,h,w], and their gradients. One invocation for each vector of channels of the result. */
import type { BufferDeclaration, ComputeProgram } from '../compute-program.ts';
import type { PoolGeometry } from '../../pool-geometry.ts';
import { vectorType } from './channel-view.ts';

export const POOL_WORKGROUP = 128;

export type PoolParams = PoolGeometry & { width: 1 | 4 };

/** Buffers x, y. */
export function maxPool(params: PoolParams): ComputeProgram {
  const type = vectorType(params.width);
  return pool('max pool', params, {
    reads: ['x'],
    result: 'y',
    over: 'output',
    statements: `  var best: ${type};
  var isFirst = true;
  ${eachPlace(`let value = x[at];
      best = select(max(best, value), value, isFirst);
      isFirst = false;`)}
  y[i] = best;`,
  });
}

/** Mean over the places of the window that lie inside. Buffers x, y. */
export function averagePool(params: PoolParams): ComputeProgram {
  return pool('average pool', params, {
    reads: ['x'],
    result: 'y',
    over: 'output',
    statements: `  var total: ${vectorType(params.width)};
  ${eachPlace('total += x[at];')}
  y[i] = total / placesOf(place);`,
  });
}

/** To each place, dy of the windows whose mean it is part of, divided by their places. Buffers dy, dx. */
export function averagePoolGradient(params: PoolParams): ComputeProgram {
  return pool('average pool gradient', params, {
    reads: ['dy'],
    result: 'dx',
    over: 'input',
    statements: `  var total: ${vectorType(params.width)};
  ${eachWindow('total += dy[at] / placesOf(window);')}
  dx[i] = total;`,
  });
}

/**
 * To each place, dy of the windows whose first largest value it is. A window is searched only where the value equals its
 * maximum. Buffers dy, x, y, dx.
 */
export function maxPoolGradient(params: PoolParams): ComputeProgram {
  const { width } = params;
  const isEqual = width === 1 ? 'here == y[at]' : 'any(here == y[at])';
  const type = vectorType(width);
  return pool('max pool gradient', params, {
    reads: ['dy', 'x', 'y'],
    result: 'dx',
    over: 'input',
    functions: `fn isBefore(a: vec3<i32>, b: vec3<i32>) -> bool {
  if (a.x != b.x) { return a.x < b.x; }
  if (a.y != b.y) { return a.y < b.y; }
  return a.z < b.z;
}

/** 1 where no place of the window before this one holds the same value. */
fn firstOf(window: vec3<i32>, here: ${type}, place: vec3<i32>, clip: i32, channel: i32) -> ${type} {
  let low = max(window * STRIDE - FRONT, vec3<i32>());
  let high = min(window * STRIDE - FRONT + SIZE, INPUT);
  var first = ${type}(1.0);
  for (var t = low.x; t < high.x; t++) { for (var h = low.y; h < high.y; h++) { for (var w = low.z; w < high.z; w++) {
    if (!isBefore(vec3<i32>(t, h, w), place)) { return first; }
    let value = x[(((clip * INPUT.x + t) * INPUT.y + h) * INPUT.z + w) * C + channel];
    first = select(first, ${type}(), value == here);
  } } }
  return first;
}
`,
    statements: `  let here = x[i];
  var total: ${type};
  ${eachWindow(`if (${isEqual}) {
        let share = firstOf(window, here, place, clip, channel);
        total += select(${type}(), dy[at] * share, here == y[at]);
      }`)}
  dx[i] = total;`,
  });
}

type PoolText = {
  reads: readonly string[];
  result: string;
  /** The side whose places are numbered. */
  over: 'input' | 'output';
  functions?: string;
  statements: string;
};

function pool(label: string, params: PoolParams, { reads, result, over, functions = '', statements }: PoolText) {
  const { c, input, output, size, stride, front, width } = params;
  const element = vectorType(width);
  const axes = (values: readonly number[]) => `vec3<i32>(${values.join(', ')})`;
  const buffers = reads.map((name): BufferDeclaration => ({ name, element, access: 'read' }));
  const program: ComputeProgram = {
    label,
    buffers: [...buffers, { name: result, element, access: 'read_write' }],
    uniforms: { size: 'u32' },
    workgroupSize: POOL_WORKGROUP,
    body: `const C = ${c / width};
const INPUT = ${axes(input)};
const OUTPUT = ${axes(output)};
const SIZE = ${axes(size)};
const STRIDE = ${axes(stride)};
const FRONT = ${axes(front)};

/** How many places of a window lie inside the clip. */
fn placesOf(window: vec3<i32>) -> f32 {
  let low = window * STRIDE - FRONT;
  let inside = vec3<f32>(min(low + SIZE, INPUT) - max(low, vec3<i32>()));
  return inside.x * inside.y * inside.z;
}

${functions}
fn run(group: u32, local: u32) {
  let i = group * ${POOL_WORKGROUP}u + local;
  if (i >= uniforms.size) { return; }
  const EXTENT = ${over.toUpperCase()};
  let channel = i32(i) % C;
  let pixel = i32(i) / C;
  let place = vec3<i32>(pixel / (EXTENT.z * EXTENT.y) % EXTENT.x, pixel / EXTENT.z % EXTENT.y, pixel % EXTENT.z);
  let clip = pixel / (EXTENT.x * EXTENT.y * EXTENT.z);
${statements}
}
`,
  };
  return program;
}

/** Runs statements for each place `at` of the window `place`. */
function eachPlace(statements: string): string {
  return `let low = max(place * STRIDE - FRONT, vec3<i32>());
  let high = min(place * STRIDE - FRONT + SIZE, INPUT);
  for (var t = low.x; t < high.x; t++) { for (var h = low.y; h < high.y; h++) { for (var w = low.z; w < high.z; w++) {
      let at = (((clip * INPUT.x + t) * INPUT.y + h) * INPUT.z + w) * C + channel;
      ${statements}
  } } }`;
}

/** Runs statements for each `window`, of index `at`, that covers `place`. */
function eachWindow(statements: string): string {
  return `let low = max((place + FRONT - SIZE + STRIDE) / STRIDE, vec3<i32>());
  let high = min((place + FRONT) / STRIDE, OUTPUT - 1);
  for (var t = low.x; t <= high.x; t++) { for (var h = low.y; h <= high.y; h++) { for (var w = low.z; w <= high.z; w++) {
      let window = vec3<i32>(t, h, w);
      let at = (((clip * OUTPUT.x + t) * OUTPUT.y + h) * OUTPUT.z + w) * C + channel;
      ${statements}
  } } }`;
}
