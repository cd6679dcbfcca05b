/**
 * Sum of squares in a fixed order, which is the overflow test of gradients as well: one value that is not finite makes
 * the result NaN. Why bits: WGSL lets a compiler assume that numbers are finite.
 */
import type { ComputeProgram } from '../compute-program.ts';
import { treeSum } from './channel-partials.ts';

export const SQUARES_WORKGROUP = 256;

/** First pass, a chunk for each workgroup: buffers x, partials. */
export function squaresOfChunks(): ComputeProgram {
  return sum('sum of squares', {
    uniforms: { size: 'u32', chunkSize: 'u32', firstChunk: 'u32' },
    start: 'group * uniforms.chunkSize',
    end: 'min((group + 1u) * uniforms.chunkSize, uniforms.size)',
    value: 'number * number',
    at: 'uniforms.firstChunk + group',
  });
}

/** Second pass, by one workgroup: buffers x (the partial sums), result. */
export function sumOfChunks(): ComputeProgram {
  return sum('sum of partial sums', {
    uniforms: { size: 'u32' },
    start: '0u',
    end: 'uniforms.size',
    value: 'number',
    at: '0u',
  });
}

type SumText = { uniforms: ComputeProgram['uniforms']; start: string; end: string; value: string; at: string };

function sum(label: string, { uniforms, start, end, value, at }: SumText): ComputeProgram {
  return {
    label,
    buffers: [
      { name: 'x', element: 'u32', access: 'read' },
      { name: 'result', element: 'u32', access: 'read_write' },
    ],
    uniforms,
    workgroupSize: SQUARES_WORKGROUP,
    body: `const EXPONENT = 0x7f800000u;
const NOT_A_NUMBER = 0x7fc00000u;
/** Sum, and how many numbers are not finite. */
var<workgroup> totals: array<vec2<f32>, ${SQUARES_WORKGROUP}>;

fn run(group: u32, local: u32) {
  var total = vec2<f32>();
  for (var i = ${start} + local; i < ${end}; i += ${SQUARES_WORKGROUP}u) {
    let bits = x[i];
    if ((bits & EXPONENT) == EXPONENT) {
      total.y += 1.0;
    } else {
      let number = bitcast<f32>(bits);
      total.x += ${value};
    }
  }
  totals[local] = total;
${treeSum(SQUARES_WORKGROUP)}
  if (local == 0u) { result[${at}] = select(bitcast<u32>(totals[0].x), NOT_A_NUMBER, totals[0].y > 0.0); }
}
`,
  };
}
