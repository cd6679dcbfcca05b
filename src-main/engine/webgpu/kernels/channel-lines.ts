/** Third pass of normalisations: every element from coefficients of its channel. One invocation for each vector. */
import type { ComputeProgram } from '../compute-program.ts';
import { CHANNEL_WORKGROUP, vectorType } from './channel-view.ts';

export type LineParams = { width: 1 | 4; relu: boolean };

/** y = slope x + shift, then a ReLU where asked: buffers x, coefficients [groups,2,c], y. */
export function channelLine({ width, relu }: LineParams): ComputeProgram {
  const line = 'coefficients[at] * x[i] + coefficients[at + uniforms.c]';
  return overElements({ label: 'channel line', width }, ['x'], {
    result: 'y',
    terms: 2,
    value: relu ? `max(${line}, ${vectorType(width)}())` : line,
  });
}

/** dx = a dy + b x + d, where dy is 0 where a ReLU gave 0: buffers dy, x, (y), coefficients [groups,3,c], dx. */
export function channelPlane({ width, relu }: LineParams): ComputeProgram {
  const slope = relu ? `select(${vectorType(width)}(), dy[i], y[i] > ${vectorType(width)}())` : 'dy[i]';
  return overElements({ label: 'channel plane', width }, relu ? ['dy', 'x', 'y'] : ['dy', 'x'], {
    result: 'dx',
    terms: 3,
    value: `coefficients[at] * ${slope} + coefficients[at + uniforms.c] * x[i] + coefficients[at + 2u * uniforms.c]`,
  });
}

/** `value` is an expression of element `i` and of `at`, the place of its first coefficient; counts are of vectors. */
function overElements(
  { label, width }: { label: string; width: 1 | 4 },
  reads: readonly string[],
  { result, terms, value }: { result: string; terms: number; value: string },
): ComputeProgram {
  const element = vectorType(width);
  const buffers = [...reads, 'coefficients'].map((name) => ({ name, element, access: 'read' as const }));
  return {
    label,
    buffers: [...buffers, { name: result, element, access: 'read_write' }],
    uniforms: { size: 'u32', c: 'u32', segmentSize: 'u32', firstSegment: 'u32', perGroup: 'u32' },
    workgroupSize: CHANNEL_WORKGROUP,
    body: `fn run(group: u32, local: u32) {
  let i = group * ${CHANNEL_WORKGROUP}u + local;
  if (i >= uniforms.size) { return; }
  let owner = (uniforms.firstSegment + i / uniforms.segmentSize) / uniforms.perGroup;
  let at = owner * ${terms}u * uniforms.c + i % uniforms.c;
  ${result}[i] = ${value};
}
`,
  };
}
