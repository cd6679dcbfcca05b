/** Where the windows of convolutions and pools lie. */

export type Axes3 = [number, number, number];
export type WindowOptions = { size: Axes3; strides: Axes3; pad: 'same' | 'valid' };

/**
 * Extents of the output, and places before the first input place on each axis. With pad same these can be negative where
 * a step is longer than the window: TensorFlow.js drops places at the front then, where TensorFlow begins at the first.
 */
export function windowsOver(input: readonly number[], { size, strides, pad }: WindowOptions) {
  const axes = [0, 1, 2].map((axis) => {
    const [extent, k, stride] = [input[axis]!, size[axis]!, strides[axis]!];
    if (pad === 'valid') return { output: Math.ceil((extent - k + 1) / stride), front: 0 };
    const output = Math.ceil(extent / stride);
    return { output, front: Math.floor(((output - 1) * stride + k - extent) / 2) };
  });
  return { output: axes.map(({ output }) => output) as Axes3, front: axes.map(({ front }) => front) as Axes3 };
}

/** Calls `visit(from, to, tap)` for each pair of an input place and an output place under a tap; places are of pixels. */
export function forTaps(
  [n, ...extents]: readonly number[],
  options: WindowOptions,
  visit: (from: number, to: number, tap: number) => void,
): void {
  const { output, front } = windowsOver(extents, options);
  const [t, h, w] = extents as Axes3;
  const [kt, kh, kw] = options.size;
  const [st, sh, sw] = options.strides;
  let to = 0;
  for (let clip = 0; clip < n!; clip++)
    for (let tOut = 0; tOut < output[0]; tOut++)
      for (let hOut = 0; hOut < output[1]; hOut++)
        for (let wOut = 0; wOut < output[2]; wOut++, to++)
          for (let tap = 0; tap < kt * kh * kw; tap++) {
            const tIn = tOut * st + Math.floor(tap / (kh * kw)) - front[0];
            const hIn = hOut * sh + (Math.floor(tap / kw) % kh) - front[1];
            const wIn = wOut * sw + (tap % kw) - front[2];
            if (tIn < 0 || hIn < 0 || wIn < 0 || tIn >= t || hIn >= h || wIn >= w) continue;
            visit(((clip * t + tIn) * h + hIn) * w + wIn, to, tap);
          }
}
