/** A wanted shape; null where any size will do. */
export type ShapePattern = readonly (number | null)[];

/**
 * Checks the shape of a tensor at the border of a public op or network.
 * @throws Error "vgg16-3d input: expected [*,16,112,112,3], got [2,16,64,64,3]"
 */
export function assertShape(tensor: { shape: readonly number[] }, pattern: ShapePattern, what: string): void {
  if (matches(tensor.shape, pattern)) return;
  const expected = pattern.map((size) => size ?? '*').join(',');
  throw new Error(`${what}: expected [${expected}], got [${tensor.shape.join(',')}]`);
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function matches(shape: readonly number[], pattern: ShapePattern): boolean {
  return shape.length === pattern.length && pattern.every((size, axis) => size === null || size === shape[axis]);
}
