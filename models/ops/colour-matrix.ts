/** Colour changes of RGB clips as the affine matrices that `clipTransform` takes. */

/** Weights of red, green and blue in the grey value (ITU-R BT.601). */
export const LUMA: readonly number[] = [0.299, 0.587, 0.114];

/** Factors, 1 = unchanged: `contrast` is about mid grey, `saturation` about the pixel's own grey. */
export type ColourChange = { brightness: number; contrast: number; saturation: number };

/**
 * Saturation first, then contrast, then brightness; no clamping.
 * @returns [3][4] in row order, 12 numbers
 */
export function colourMatrix({ brightness, contrast, saturation }: ColourChange): number[] {
  const gain = brightness * contrast;
  const offset = brightness * (1 - contrast) * 0.5;
  return [0, 1, 2].flatMap((row) => [
    ...LUMA.map((luma, column) => gain * ((1 - saturation) * luma + (row === column ? saturation : 0))),
    offset,
  ]);
}
