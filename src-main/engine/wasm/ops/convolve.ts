/** Which kernels compute a convolution and its gradients. Addresses in, addresses out. */
import { inputGradientGeometry, product3, type ConvGeometry } from '../kernels/conv-geometry.ts';
import { turnFilter } from '../kernels/pack-filter.ts';
import { winogradPays, wholeVectors } from '../kernels/winograd-tiles.ts';
import type { Runtime } from '../runtime.ts';
import type { Convolution, FilterGradient } from './conv-addresses.ts';
import { convolveByWinograd, filterGradientByWinograd } from './convolve-by-winograd.ts';
import { convolveDirectly, filterGradientDirectly } from './convolve-directly.ts';

/** y = conv(x, filter) (+ bias) (then ReLU). */
export function convolve(runtime: Runtime, g: ConvGeometry, call: Convolution): void {
  if (winogradPays(g)) convolveByWinograd(runtime, g, call);
  else convolveDirectly(runtime, g, call);
}

/** dx from dy. */
export function inputGradient(
  runtime: Runtime,
  g: ConvGeometry,
  call: { dy: number; filter: number; dx: number },
): void {
  const taps = product3(g.kernel);
  const turned = inputGradientGeometry(g);
  const isDense = turned.spread.every((step) => step === 1);
  runtime.withScratch(taps * g.c * g.o * 4, (filter) => {
    const work = { rows: taps, chunkRows: runtime.evenChunks(taps, 1), args: [call.filter, filter] };
    runtime.run(turnFilter, { taps, c: g.c, o: g.o }, work);
    const convolution = { x: call.dy, filter, y: call.dx, bias: 0, relu: false };
    if (isDense && winogradPays(turned)) convolveByWinograd(runtime, turned, convolution);
    else convolveDirectly(runtime, turned, convolution);
  });
}

/** dfilter from x and dy. */
export function filterGradient(runtime: Runtime, g: ConvGeometry, call: FilterGradient): void {
  if (winogradPays(g) && g.o === wholeVectors(g.o)) filterGradientByWinograd(runtime, g, call);
  else filterGradientDirectly(runtime, g, call);
}
