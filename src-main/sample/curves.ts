/** Small shaping functions that the sample renderer is made of. */

/** 0 below `low`, 1 above `high`, an S in between; `low` may be above `high`. */
export function smoothstep(low: number, high: number, x: number): number {
  const t = clamp01((x - low) / (high - low));
  return t * t * (3 - 2 * t);
}

export function clamp01(x: number): number {
  return x < 0 ? 0 : x > 1 ? 1 : x;
}

export function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

/** exp(-x² - y²) of coordinates already divided by their radii; 0 where that is below 1e-5. */
export function bump(x: number, y: number): number {
  const square = x * x + y * y;
  return square > 11.5 ? 0 : Math.exp(-square);
}

/** Smooth curve through `[x, y]` knots of rising x, flat beyond the ends. */
export function throughKnots(knots: readonly (readonly [number, number])[], x: number): number {
  let left = knots[0]!;
  if (x <= left[0]) return left[1];
  for (const right of knots) {
    if (x <= right[0] && right[0] > left[0]) return mix(left[1], right[1], smoothstep(left[0], right[0], x));
    left = right;
  }
  return left[1];
}
