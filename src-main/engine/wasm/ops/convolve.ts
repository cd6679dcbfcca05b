/** Which kernels compute a convolution and its gradients. Addresses in, addresses out. */
import { inputGradientParts, product3, type ConvGeometry, type InputGradientPart } from '../kernels/conv-geometry.ts';
import { interleave } from '../kernels/interleave.ts';
import { turnFilter } from '../kernels/pack-filter.ts';
import { winogradPays, wholeVectors } from '../kernels/winograd-tiles.ts';
import type { Runtime } from '../runtime.ts';
import { clearFloats } from './clear-floats.ts';
import type { Convolution, FilterGradient } from './conv-addresses.ts';
import { convolveByWinograd, filterGradientByWinograd } from './convolve-by-winograd.ts';
import { convolveDirectly, filterGradientDirectly } from './convolve-directly.ts';

/** y = conv(x, filter) (+ bias) (then ReLU). */
export function convolve(runtime: Runtime, g: ConvGeometry, call: Convolution): void {
  if (winogradPays(g)) convolveByWinograd(runtime, g, call);
  else convolveDirectly(runtime, g, call);
}

/** dx from dy, part by part where the convolution has a stride. */
export function inputGradient(
  runtime: Runtime,
  g: ConvGeometry,
  call: { dy: number; filter: number; dx: number },
): void {
  const parts = inputGradientParts(g);
  const met = parts.filter(({ geometry }) => product3(geometry.kernel) > 0);
  if (met.length < parts.length) clearFloats(runtime, call.dx, g.n * product3(g.input) * g.c);
  for (const part of met)
    withTurnedFilter(runtime, g, { filter: call.filter, part }, (filter) => {
      const convolution = { x: call.dy, filter, bias: 0, relu: false };
      if (parts.length === 1) return convolve(runtime, part.geometry, { ...convolution, y: call.dx });
      runtime.withScratch(g.n * product3(part.geometry.output) * g.c * 4, (y) => {
        convolve(runtime, part.geometry, { ...convolution, y });
        putBetween(runtime, g, part, { from: y, to: call.dx });
      });
    });
}

/** Runs `use` with the taps of a part as a filter [taps,o,c]. */
function withTurnedFilter(
  runtime: Runtime,
  { kernel, c, o }: ConvGeometry,
  { filter, part: { lastTap, step, geometry } }: { filter: number; part: InputGradientPart },
  use: (turned: number) => void,
): void {
  const taps = product3(geometry.kernel);
  const params = { kernel, taps: geometry.kernel, last: lastTap, step, c, o };
  runtime.withScratch(taps * c * o * 4, (turned) => {
    const work = { rows: taps, chunkRows: runtime.evenChunks(taps, 1), args: [filter, turned] };
    runtime.run(turnFilter, params, work);
    use(turned);
  });
}

/** Puts the places of a part where they belong among the places of the input. */
function putBetween(
  runtime: Runtime,
  { n, c, input }: ConvGeometry,
  { first, step, geometry }: InputGradientPart,
  { from, to }: { from: number; to: number },
): void {
  const rows = n * geometry.output[0] * geometry.output[1];
  const params = { c, input, part: geometry.output, first, step };
  runtime.run(interleave, params, { rows, chunkRows: runtime.evenChunks(rows), args: [from, to] });
}

/** dfilter from x and dy. */
export function filterGradient(runtime: Runtime, g: ConvGeometry, call: FilterGradient): void {
  if (winogradPays(g) && g.o === wholeVectors(g.o)) filterGradientByWinograd(runtime, g, call);
  else filterGradientDirectly(runtime, g, call);
}
