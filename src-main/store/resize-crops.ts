/** One output pixel's share of the input pixels of a line: from `first` on, weights that sum to 1. */
type Span = { first: number; weights: number[] };

/**
 * Resizes square crops: shrinking averages over the area that a pixel covers, growing is bilinear.
 * @param crops - u8 [t,h,w,c] with h = w = `from`, c = 3
 * @returns u8 [t,h,w,c] with h = w = `to`
 */
export function resizeCrops(crops: Uint8Array, sizes: { count: number; from: number; to: number }): Uint8Array {
  const { count, from, to } = sizes;
  const spans = Array.from({ length: to }, (_, i) => (to < from ? areaSpan(i, from, to) : linearSpan(i, from, to)));
  const out = new Uint8Array(count * to * to * 3);
  const rows = new Float32Array(from * to * 3);
  for (let crop = 0; crop < count; crop++) {
    resizeRows(crops.subarray(crop * from * from * 3, (crop + 1) * from * from * 3), rows, spans);
    resizeColumns(rows, out.subarray(crop * to * to * 3, (crop + 1) * to * to * 3), spans);
  }
  return out;
}

function areaSpan(i: number, from: number, to: number): Span {
  const [start, end] = [(i * from) / to, ((i + 1) * from) / to];
  const first = Math.floor(start);
  const last = Math.min(from, Math.ceil(end - 1e-9));
  const overlap = (pixel: number) => Math.min(end, pixel + 1) - Math.max(start, pixel);
  return { first, weights: Array.from({ length: last - first }, (_, j) => (overlap(first + j) * to) / from) };
}

function linearSpan(i: number, from: number, to: number): Span {
  const place = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
  const first = Math.min(from - 2, Math.floor(place));
  return first < 0 ? { first: 0, weights: [1] } : { first, weights: [1 - place + first, place - first] };
}

/** [h,w,c] u8 to [h,w',c] f32. */
function resizeRows(crop: Uint8Array, rows: Float32Array, spans: readonly Span[]): void {
  const lines = rows.length / (spans.length * 3);
  const width = crop.length / (lines * 3);
  for (let y = 0; y < lines; y++) {
    spans.forEach(({ first, weights }, x) => {
      const out = (y * spans.length + x) * 3;
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let j = 0; j < weights.length; j++) sum += weights[j]! * crop[(y * width + first + j) * 3 + c]!;
        rows[out + c] = sum;
      }
    });
  }
}

/** [h,w',c] f32 to [h',w',c] u8. */
function resizeColumns(rows: Float32Array, out: Uint8Array, spans: readonly Span[]): void {
  const line = spans.length * 3;
  spans.forEach(({ first, weights }, y) => {
    for (let i = 0; i < line; i++) {
      let sum = 0;
      for (let j = 0; j < weights.length; j++) sum += weights[j]! * rows[(first + j) * line + i]!;
      out[y * line + i] = sum + 0.5;
    }
  });
}
