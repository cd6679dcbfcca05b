import { blank, type Values } from '../values.ts';

/** -log softmax at the label of each row of logits [n,k]. */
export function crossEntropyByLoops({ shape, values }: Values, labels: Values): Values {
  const [n, k] = shape as [number, number];
  const losses = blank([n]);
  for (let row = 0; row < n; row++) {
    const logits = Array.from(values.subarray(row * k, (row + 1) * k));
    const highest = Math.max(...logits);
    const total = logits.reduce((sum, x) => sum + Math.exp(x - highest), 0);
    losses.values[row] = Math.log(total) + highest - logits[labels.values[row]!]!;
  }
  return losses;
}

/** Largest of `width` frames from every `stride`-th on, of x [n,t,k]. */
export function windowMaxByLoops(x: Values, width: number, stride: number): Values {
  const [n, t, k] = x.shape as [number, number, number];
  const p = Math.floor((t - width) / stride) + 1;
  const y = blank([n, p, k]);
  for (let i = 0; i < y.values.length; i++) {
    const [clip, place, column] = [Math.floor(i / (p * k)), Math.floor(i / k) % p, i % k];
    const frames = Array.from({ length: width }, (_, f) => x.values[(clip * t + place * stride + f) * k + column]!);
    y.values[i] = Math.max(...frames);
  }
  return y;
}

/** Sum over p of share(clip, p, k) times x [n,p,k]. */
function sumOverPositions(x: Values, share: (clip: number, place: number, column: number) => number): Values {
  const [n, p, k] = x.shape as [number, number, number];
  const y = blank([n, k]);
  x.values.forEach((value, i) => {
    const [clip, place, column] = [Math.floor(i / (p * k)), Math.floor(i / k) % p, i % k];
    y.values[clip * k + column]! += share(clip, place, column) * value;
  });
  return y;
}

export function weightedSumByLoops(x: Values, weights: Values): Values {
  const p = x.shape[1]!;
  return sumOverPositions(x, (clip, place) => weights.values[clip * p + place]!);
}

/** Weights [n,p] times exp(gamma x), over their sum, as shares of x [n,p,k]. */
export function softmaxPoolByLoops(x: Values, weights: Values, gamma: number): Values {
  const [, p, k] = x.shape as [number, number, number];
  const power = (clip: number, place: number, column: number) =>
    weights.values[clip * p + place]! * Math.exp(gamma * x.values[(clip * p + place) * k + column]!);
  return sumOverPositions(x, (clip, place, column) => {
    let total = 0;
    for (let other = 0; other < p; other++) total += power(clip, other, column);
    return power(clip, place, column) / total;
  });
}
