/** A convolution without bias and the normalisation behind it: what residual networks are made of. */
import { normBufferSpecs } from './batch-norm-layer.ts';
import { affineSpecs } from './layers.ts';
import type { LayerTrace, ParamSpecs } from './network.ts';
import type { Axes3 } from './ops/conv3d.ts';
import { sizeOf } from './shape.ts';

/** `conv` and `norm` name the parameters: `<conv>.kernel`, `<norm>.scale`, `<norm>.offset`. */
export type ConvNorm = {
  conv: string;
  norm: string;
  taps: Axes3;
  strides: Axes3;
  inputs: number;
  filters: number;
};

/** `<conv>.kernel` [kt,kh,kw,c,c'], `<norm>.scale` and `.offset` [c']. */
export function convNormParams(units: readonly ConvNorm[]): ParamSpecs {
  const specs: ParamSpecs = {};
  for (const { conv, norm, taps, inputs, filters } of units) {
    specs[`${conv}.kernel`] = { shape: [...taps, inputs, filters], start: 'he' };
    Object.assign(specs, affineSpecs(norm, filters));
  }
  return specs;
}

/** Running statistics `<norm>.mean` and `.variance` [c'] of batch normalisation. */
export function convNormBuffers(units: readonly ConvNorm[]): ParamSpecs {
  return Object.assign({}, ...units.map(({ norm, filters }) => normBufferSpecs(norm, filters))) as ParamSpecs;
}

/** @param input - [n,t,h,w,c] */
export function convNormTrace(unit: ConvNorm, input: readonly number[]): LayerTrace[] {
  const { conv, norm, taps, strides, inputs, filters } = unit;
  const [n = 0, ...space] = input.slice(0, 4);
  const output = [n, ...space.map((size, axis) => Math.ceil(size / (strides[axis] ?? 1))), filters];
  return [
    { name: conv, output, multiplyAdds: sizeOf(output) * sizeOf(taps) * inputs, conv: { input, taps, strides } },
    { name: norm, output, multiplyAdds: 0 },
  ];
}
