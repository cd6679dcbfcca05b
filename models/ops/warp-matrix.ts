/** Geometric changes of clips as the affine matrices that `clipTransform` takes. */

/**
 * `flip` mirrors left and right; `scale` above 1 enlarges; `shiftX` and `shiftY` move the picture right and down, in
 * halves of its side; `aspect` is width over height in pixels (the rotation is one of the picture, not of the square).
 */
export type Warp = {
  flip: boolean;
  rotationDeg: number;
  scale: number;
  shiftX: number;
  shiftY: number;
  aspect: number;
};

/**
 * The matrix from output places to input places: the inverse of flip, then enlargement, rotation (clockwise) and shift.
 * @returns [2][3] in row order, 6 numbers
 */
export function warpMatrix({ flip, rotationDeg, scale, shiftX, shiftY, aspect }: Warp): number[] {
  const angle = (rotationDeg * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
  const mirror = flip ? -1 : 1;
  const [xFromX, xFromY] = [mirror * cos, (mirror * sin) / aspect];
  const [yFromX, yFromY] = [-sin * aspect, cos];
  return [
    ...[xFromX, xFromY, -(xFromX * shiftX + xFromY * shiftY)],
    ...[yFromX, yFromY, -(yFromX * shiftX + yFromY * shiftY)],
  ];
}
