import { blank, type Values } from '../values.ts';
import { forTaps, windowsOver, type WindowOptions } from './windows.ts';

/** Largest value of each window of x [n,t,h,w,c]. */
export function maxPool3dByLoops(x: Values, windows: WindowOptions): Values {
  const y = outputOf(x, windows);
  y.values.fill(-Infinity);
  forPoolTaps(x, windows, (from, to) => {
    y.values[to] = Math.max(y.values[to]!, x.values[from]!);
  });
  return y;
}

/** Mean of each window over the places inside. */
export function avgPool3dByLoops(x: Values, windows: WindowOptions): Values {
  const y = outputOf(x, windows);
  const counts = new Float64Array(y.values.length);
  forPoolTaps(x, windows, (from, to) => {
    y.values[to]! += x.values[from]!;
    counts[to]! += 1;
  });
  return { ...y, values: y.values.map((sum, i) => sum / counts[i]!) };
}

function outputOf({ shape }: Values, windows: WindowOptions): ReturnType<typeof blank> {
  return blank([shape[0]!, ...windowsOver(shape.slice(1, 4), windows).output, shape[4]!]);
}

function forPoolTaps({ shape }: Values, windows: WindowOptions, visit: (from: number, to: number) => void): void {
  const c = shape[4]!;
  forTaps(shape.slice(0, 4), windows, (place, out) => {
    for (let i = 0; i < c; i++) visit(place * c + i, out * c + i);
  });
}
