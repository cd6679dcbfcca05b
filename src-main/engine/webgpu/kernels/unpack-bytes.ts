import type { ComputeProgram } from '../compute-program.ts';
import { channelUniforms } from './channel-uniforms.ts';
import { eachItem } from './each-item.ts';

/** Four bytes each, to (v / 255 - mean) / deviation of their channel. Buffers packed, y. */
export function unpackBytes({ c }: { c: number }): ComputeProgram {
  const channels = (name: string) => Array.from({ length: c }, (_, channel) => `uniforms.${name}${channel}`).join(', ');
  return eachItem({
    label: 'unpack bytes',
    reads: [{ name: 'packed', element: 'u32' }],
    results: ['y'],
    uniforms: {
      firstByte: 'u32',
      ...Object.fromEntries(['mean', 'deviation'].flatMap((name) => channelUniforms(name, c))),
      bytes: 'u32',
    },
    statements: `  var means = array<f32, ${c}>(${channels('mean')});
  var deviations = array<f32, ${c}>(${channels('deviation')});
  let word = packed[i];
  for (var j = 0u; j < 4u; j++) {
    let at = 4u * i + j;
    if (at >= uniforms.bytes) { return; }
    let channel = (uniforms.firstByte + at) % ${c}u;
    y[at] = (f32((word >> (8u * j)) & 255u) / 255.0 - means[channel]) / deviations[channel];
  }`,
  });
}
