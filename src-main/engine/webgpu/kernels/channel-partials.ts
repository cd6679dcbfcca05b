/**
 * First pass of sums over rows, channel by channel: one partial result for each chunk of rows. The invocations of a
 * workgroup lie side by side along the channels, which neighbours in memory are, and share the rows.
 */
import type { BufferDeclaration, ComputeProgram } from '../compute-program.ts';
import { CHANNEL_WORKGROUP } from './channel-view.ts';

/**
 * What is summed over the rows of a chunk.
 * `sum`: x, giving its sum. `moments`: x, giving the mean and the sum of squared differences to it. `gradients`: dy and
 * dy (x - center), where dy counts only where y is above 0 if there was a ReLU.
 */
export type PartialKind = 'sum' | 'moments' | 'gradients';

type KindText = {
  reads: readonly string[];
  type: 'f32' | 'vec2<f32>';
  /** Statements before the loop; `first` is the index of the first element of the chunk. */
  before?: string;
  /** Adds element `i` to `total`. */
  term: string;
  /** The partial result from `total`. */
  result: string;
};

const KINDS: Record<PartialKind, KindText> = {
  sum: { reads: ['x'], type: 'f32', term: 'total += x[i];', result: 'total' },
  moments: {
    reads: ['x'],
    type: 'vec2<f32>',
    // Differences to a value of the chunk: sums of squares far from zero would cancel.
    before: 'let pivot = x[first];',
    term: 'let d = x[i] - pivot; total += vec2<f32>(d, d * d);',
    result: 'vec2<f32>(pivot + total.x / count, max(0.0, total.y - total.x * total.x / count))',
  },
  gradients: {
    reads: ['dy', 'x', 'center'],
    type: 'vec2<f32>',
    before:
      'let middle = center[(uniforms.firstSegment + segment) / uniforms.perGroup * uniforms.c + min(channel, uniforms.c - 1u)];',
    term: 'let slope = dy[i]; total += vec2<f32>(slope, slope * (x[i] - middle));',
    result: 'total',
  },
};

/** `lanes`: channels side by side, a power of two. `relu` is of `gradients`. */
export type PartialsParams = { kind: PartialKind; lanes: number; relu?: boolean };

/** Buffers: what the kind reads (with a ReLU also y), then `partials` [segments·chunks,c] of f32 or pairs. */
export function channelPartials({ kind, lanes, relu = false }: PartialsParams): ComputeProgram {
  const { reads, type, before = '', term, result } = KINDS[kind];
  const names = relu ? [...reads, 'y'] : reads;
  const buffers = names.map((name): BufferDeclaration => ({ name, element: 'f32', access: 'read' }));
  return {
    label: `channel ${kind}`,
    buffers: [...buffers, { name: 'partials', element: type, access: 'read_write' }],
    uniforms: {
      ...{ rows: 'u32', c: 'u32', chunkRows: 'u32', chunks: 'u32', tiles: 'u32' },
      ...{ firstSegment: 'u32', perGroup: 'u32' },
    },
    workgroupSize: CHANNEL_WORKGROUP,
    body: `const LANES = ${lanes}u;
var<workgroup> totals: array<${type}, ${CHANNEL_WORKGROUP}>;

fn run(group: u32, local: u32) {
  let channel = (group % uniforms.tiles) * LANES + local % LANES;
  let chunk = (group / uniforms.tiles) % uniforms.chunks;
  let segment = group / (uniforms.tiles * uniforms.chunks);
  let start = chunk * uniforms.chunkRows;
  let end = min(start + uniforms.chunkRows, uniforms.rows);
  let count = f32(end - start);
  let isReal = channel < uniforms.c;
  let first = (segment * uniforms.rows + start) * uniforms.c + min(channel, uniforms.c - 1u);
  ${before}
  var total: ${type};
  if (isReal) {
    for (var row = local / LANES; row < end - start; row += ${CHANNEL_WORKGROUP / lanes}u) {
      let i = first + row * uniforms.c;
      ${relu ? `if (y[i] > 0.0) { ${term} }` : term}
    }
  }
  totals[local] = total;
${treeSum(CHANNEL_WORKGROUP, lanes)}
  if (local < LANES && isReal) {
    total = totals[local];
    partials[((uniforms.firstSegment + segment) * uniforms.chunks + chunk) * uniforms.c + channel] = ${result};
  }
}
`,
  };
}

/** Adds up `totals` of invocations that are `lanes` apart, always in the same pairs, into the first `lanes`. */
export function treeSum(invocations: number, lanes = 1): string {
  return `  for (var stride = ${invocations / 2}u; stride >= ${lanes}u; stride /= 2u) {
    workgroupBarrier();
    if (local < stride) { totals[local] += totals[local + stride]; }
  }
  workgroupBarrier();`;
}
