import { blank, mapped, type Values } from '../values.ts';
import { forTaps, windowsOver, type Axes3 } from './windows.ts';

type ConvOptions = { strides: Axes3; pad: 'same' | 'valid' };

/** Convolution of x [n,t,h,w,c] with filter [kt,kh,kw,c,o]. */
export function conv3dByLoops(x: Values, filter: Values, options: ConvOptions): Values {
  const [n, t, h, w, c] = x.shape as [number, number, number, number, number];
  const o = filter.shape[4]!;
  const windows = { ...options, size: filter.shape.slice(0, 3) as Axes3 };
  const y = blank([n, ...windowsOver([t, h, w], windows).output, o]);
  const [from, taps, to] = [x.values, filter.values, y.values];
  forTaps([n, t, h, w], windows, (place, out, tap) => {
    for (let i = 0; i < c; i++) {
      const value = from[place * c + i]!;
      const row = (tap * c + i) * o;
      for (let j = 0; j < o; j++) to[out * o + j]! += value * taps[row + j]!;
    }
  });
  return y;
}

/** x + bias, the bias along the last axis. */
export function biasByLoops(x: Values, bias: Values): Values {
  const c = bias.values.length;
  return mapped(x, (value, i) => value + bias.values[i % c]!);
}

export function reluByLoops(x: Values): Values {
  return mapped(x, (value) => Math.max(0, value));
}
