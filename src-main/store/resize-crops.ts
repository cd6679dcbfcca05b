/** How a line of pixels becomes a line of another length: output i is the sum of `taps` inputs from `first[i]` on. */
type Resampling = { taps: number; first: Int32Array; weights: Float32Array };

/**
 * Resizes square crops: shrinking averages over the area that a pixel covers, growing is bilinear.
 * @param crops - u8 [t,h,w,c] with h = w = `from`, c = 3
 * @returns u8 [t,h,w,c] with h = w = `to`
 */
export function resizeCrops(crops: Uint8Array, sizes: { count: number; from: number; to: number }): Uint8Array {
  const { count, from, to } = sizes;
  const resampling = resamplingOf(from, to);
  const out = new Uint8Array(count * to * to * 3);
  const narrow = new Float32Array(from * to * 3);
  for (let crop = 0; crop < count; crop++) {
    narrowRows(crops.subarray(crop * from * from * 3, (crop + 1) * from * from * 3), narrow, resampling);
    mixRows(narrow, out.subarray(crop * to * to * 3, (crop + 1) * to * to * 3), resampling);
  }
  return out;
}

function resamplingOf(from: number, to: number): Resampling {
  const spans = Array.from({ length: to }, (_, i) => (to < from ? areaSpan(i, from / to) : linearSpan(i, from / to)));
  const taps = Math.min(from, Math.max(...spans.map(({ weights }) => weights.length)));
  const resampling = { taps, first: new Int32Array(to), weights: new Float32Array(to * taps) };
  spans.forEach(({ start, weights }, i) => {
    const first = Math.min(Math.max(start, 0), from - taps);
    resampling.first[i] = first;
    weights.forEach((weight, j) => {
      const tap = Math.min(Math.max(start + j, 0), from - 1) - first;
      resampling.weights[i * taps + tap]! += weight;
    });
  });
  return resampling;
}

type Span = { start: number; weights: number[] };

/** Output i covers the inputs [i scale, (i + 1) scale). */
function areaSpan(i: number, scale: number): Span {
  const [begin, end] = [i * scale, (i + 1) * scale];
  const start = Math.floor(begin + 1e-9);
  const length = Math.ceil(end - 1e-9) - start;
  const covered = (pixel: number) => Math.min(end, pixel + 1) - Math.max(begin, pixel);
  return { start, weights: Array.from({ length }, (_, j) => covered(start + j) / scale) };
}

function linearSpan(i: number, scale: number): Span {
  const place = (i + 0.5) * scale - 0.5;
  const start = Math.floor(place);
  return { start, weights: [1 - place + start, place - start] };
}

/** u8 [h,w,c] to f32 [h,w',c]. */
function narrowRows(crop: Uint8Array, narrow: Float32Array, { taps, first, weights }: Resampling): void {
  const to = first.length;
  const from = narrow.length / (to * 3);
  for (let y = 0; y < from; y++) {
    for (let x = 0; x < to; x++) {
      let [red, green, blue] = [0, 0, 0];
      let at = (y * from + first[x]!) * 3;
      for (let j = 0; j < taps; j++, at += 3) {
        const weight = weights[x * taps + j]!;
        red += weight * crop[at]!;
        green += weight * crop[at + 1]!;
        blue += weight * crop[at + 2]!;
      }
      const out = (y * to + x) * 3;
      narrow[out] = red;
      narrow[out + 1] = green;
      narrow[out + 2] = blue;
    }
  }
}

/** f32 [h,w',c] to u8 [h',w',c]. */
function mixRows(narrow: Float32Array, out: Uint8Array, { taps, first, weights }: Resampling): void {
  const line = first.length * 3;
  for (let y = 0; y < first.length; y++) {
    for (let i = 0; i < line; i++) {
      let sum = 0.5;
      let at = first[y]! * line + i;
      for (let j = 0; j < taps; j++, at += line) sum += weights[y * taps + j]! * narrow[at]!;
      out[y * line + i] = sum;
    }
  }
}
