/**
 * Second pass of sums over rows: a workgroup for each channel of each group puts its partial results together, always in
 * the same order, and works out what the third pass needs.
 */
import type { BufferDeclaration, ComputeProgram } from '../compute-program.ts';
import { treeSum } from './channel-partials.ts';

const WORKGROUP = 64;

const read = (...names: string[]) => names.map((name): BufferDeclaration => ({ name, element: 'f32', access: 'read' }));
const written = (...names: string[]) =>
  names.map((name): BufferDeclaration => ({ name, element: 'f32', access: 'read_write' }));

/** Sums of the partial sums of a group, times `factor`: buffers partials, result [groups,c]. */
export function channelSums(): ComputeProgram {
  return {
    label: 'channel sums',
    buffers: [...read('partials'), ...written('result')],
    uniforms: { c: 'u32', count: 'u32', factor: 'f32' },
    workgroupSize: WORKGROUP,
    body: `var<workgroup> totals: array<f32, ${WORKGROUP}>;

fn run(group: u32, local: u32) {
${sumOfPartials('f32')}
  if (local == 0u) { result[group] = totals[0] * uniforms.factor; }
}
`,
  };
}

/**
 * Mean, spread and the line y = slope x + shift that normalises: buffers partials, scale and offset [c], mean and spread
 * [groups,c], coefficients [groups,2,c]. Partial moments are merged by the formula of Chan, Golub and LeVeque (1979).
 * @param spread - the biased variance, or 1/sigma
 */
export function channelMoments(spread: 'variance' | 'inverse'): ComputeProgram {
  return {
    label: 'channel moments',
    buffers: [
      { name: 'partials', element: 'vec2<f32>', access: 'read' },
      ...read('scale', 'offset'),
      ...written('mean', 'spread', 'coefficients'),
    ],
    uniforms: { c: 'u32', count: 'u32', rows: 'u32', chunkRows: 'u32', chunks: 'u32', epsilon: 'f32' },
    workgroupSize: WORKGROUP,
    body: `struct Moments { count: f32, mean: f32, squares: f32 }
var<workgroup> totals: array<Moments, ${WORKGROUP}>;

fn merged(a: Moments, b: Moments) -> Moments {
  let count = a.count + b.count;
  if (count == 0.0) { return a; }
  let distance = b.mean - a.mean;
  return Moments(count, a.mean + distance * b.count / count,
                 a.squares + b.squares + distance * distance * a.count * b.count / count);
}

fn run(group: u32, local: u32) {
  let channel = group % uniforms.c;
  let owner = group / uniforms.c;
  var total = Moments(0.0, 0.0, 0.0);
  for (var i = local; i < uniforms.count; i += ${WORKGROUP}u) {
    let partial = partials[(owner * uniforms.count + i) * uniforms.c + channel];
    let rows = min(uniforms.chunkRows, uniforms.rows - (i % uniforms.chunks) * uniforms.chunkRows);
    total = merged(total, Moments(f32(rows), partial.x, partial.y));
  }
  totals[local] = total;
  for (var stride = ${WORKGROUP / 2}u; stride > 0u; stride /= 2u) {
    workgroupBarrier();
    if (local < stride) { totals[local] = merged(totals[local], totals[local + stride]); }
  }
  workgroupBarrier();
  if (local == 0u) {
    let found = totals[0];
    let variance = found.squares / found.count;
    let inverse = 1.0 / sqrt(variance + uniforms.epsilon);
    let slope = scale[channel] * inverse;
    mean[group] = found.mean;
    spread[group] = ${spread};
    coefficients[owner * 2u * uniforms.c + channel] = slope;
    coefficients[(owner * 2u + 1u) * uniforms.c + channel] = offset[channel] - found.mean * slope;
  }
}
`,
  };
}

/**
 * The plane dx = a dy + b x + d of the gradient of a normalisation, and what each group adds to the gradients of scale and
 * offset: buffers partials, scale [c], mean and spread [groups,c], coefficients [groups,3,c], scaleShares and offsetShares
 * [groups,c].
 */
export function channelGradients(spread: 'variance' | 'inverse'): ComputeProgram {
  const inverse = spread === 'inverse' ? 'spread[group]' : '1.0 / sqrt(spread[group] + uniforms.epsilon)';
  return {
    label: 'channel gradients',
    buffers: [
      { name: 'partials', element: 'vec2<f32>', access: 'read' },
      ...read('scale', 'mean', 'spread'),
      ...written('coefficients', 'scaleShares', 'offsetShares'),
    ],
    uniforms: { c: 'u32', count: 'u32', groupRows: 'f32', epsilon: 'f32' },
    workgroupSize: WORKGROUP,
    body: `var<workgroup> totals: array<vec2<f32>, ${WORKGROUP}>;

fn run(group: u32, local: u32) {
${sumOfPartials('vec2<f32>')}
  if (local == 0u) {
    let inverse = ${inverse};
    let ofGradient = inverse * scale[channel];
    let ofInput = -ofGradient * inverse * inverse * totals[0].y / uniforms.groupRows;
    let first = owner * 3u * uniforms.c + channel;
    coefficients[first] = ofGradient;
    coefficients[first + uniforms.c] = ofInput;
    coefficients[first + 2u * uniforms.c] = -ofGradient * totals[0].x / uniforms.groupRows - ofInput * mean[group];
    scaleShares[group] = totals[0].y * inverse;
    offsetShares[group] = totals[0].x;
  }
}
`,
  };
}

/** The `count` partial results of a channel in `totals[0]`. */
function sumOfPartials(type: 'f32' | 'vec2<f32>'): string {
  return `  let channel = group % uniforms.c;
  let owner = group / uniforms.c;
  var total: ${type};
  for (var i = local; i < uniforms.count; i += ${WORKGROUP}u) {
    total += partials[(owner * uniforms.count + i) * uniforms.c + channel];
  }
  totals[local] = total;
${treeSum(WORKGROUP)}`;
}
