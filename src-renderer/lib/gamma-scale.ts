/** The γ lens as a slider: 0 is the average, 100 the maximum, 1 to 99 are γ from 0.05 to 50 in equal ratios. */
export const LENS_PLACES = 101;

const [SMALLEST, RANGE] = [0.05, 1000];

export function gammaAt(place: number): number {
  if (place <= 0) return 0;
  return place >= LENS_PLACES - 1 ? Infinity : SMALLEST * RANGE ** ((place - 1) / (LENS_PLACES - 3));
}

/** The nearest place of the slider. */
export function placeOf(gamma: number): number {
  if (gamma <= 0) return 0;
  if (gamma === Infinity) return LENS_PLACES - 1;
  const place = Math.round(1 + ((LENS_PLACES - 3) * Math.log(gamma / SMALLEST)) / Math.log(RANGE));
  return Math.min(LENS_PLACES - 2, Math.max(1, place));
}

/** `0 (average)`, `0.35`, `max`. */
export function gammaText(gamma: number): string {
  if (gamma === 0) return '0 (average)';
  return Number.isFinite(gamma) ? String(Number(gamma.toPrecision(2))) : 'max';
}
