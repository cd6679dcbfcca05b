import type { ComputeProgram } from '../compute-program.ts';
import { vectorType } from '../kernels/channel-view.ts';

export const RELU_WORKGROUP = 128;

/** dz = dy where y, the result of the ReLU, is above zero. Buffers dy, y, dz, seen as vectors of `width`. */
export function reluGradient(width: 1 | 4): ComputeProgram {
  const element = vectorType(width);
  return {
    label: 'relu gradient',
    buffers: [
      { name: 'dy', element, access: 'read' },
      { name: 'y', element, access: 'read' },
      { name: 'dz', element, access: 'read_write' },
    ],
    uniforms: { size: 'u32' },
    workgroupSize: RELU_WORKGROUP,
    body: `fn run(group: u32, local: u32) {
  let i = group * ${RELU_WORKGROUP} + local;
  if (i < uniforms.size) { dz[i] = select(${element}(), dy[i], y[i] > ${element}()); }
}`,
  };
}
