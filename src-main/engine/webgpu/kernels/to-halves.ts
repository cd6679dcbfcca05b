import type { TileNumber } from '../gemm/tile-memory.ts';
import type { ComputeProgram } from '../compute-program.ts';

export const HALVES_WORKGROUP = 256;
/** Scalars of one item. */
export const HALVES_RUN = 8;

/** Rounds f32 to f16, two to a u32: items of eight scalars. `rounded`: by functions that devices without f16 have. */
export function toHalves(number: Exclude<TileNumber, 'f32'>): ComputeProgram {
  return {
    label: `to halves, ${number}`,
    ...(number === 'f16' && { directives: 'enable f16;' }),
    buffers: [
      { name: 'source', element: 'vec4<f32>', access: 'read' },
      { name: 'result', element: 'vec4<u32>', access: 'read_write' },
    ],
    uniforms: { items: 'u32' },
    workgroupSize: HALVES_WORKGROUP,
    body: `${PACK[number]}
fn run(group: u32, local: u32) {
  let item = group * ${HALVES_WORKGROUP} + local;
  if (item >= uniforms.items) { return; }
  result[item] = vec4(pack(source[2 * item]), pack(source[2 * item + 1]));
}`,
  };
}

const PACK = {
  f16: 'fn pack(four: vec4<f32>) -> vec2<u32> { return bitcast<vec2<u32>>(vec4<f16>(four)); }',
  rounded: `fn pack(four: vec4<f32>) -> vec2<u32> {
  let rounded = quantizeToF16(four);
  return vec2(pack2x16float(rounded.xy), pack2x16float(rounded.zw));
}`,
};
