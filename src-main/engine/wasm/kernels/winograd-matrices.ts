/**
 * The matrices of Winograd's minimal filtering F(m,3) on one axis (Lavin and Gray 2015, "Fast Algorithms for Convolutional
 * Neural Networks"): m outputs y = Aᵀ((G g) ∘ (Bᵀ x)) of three taps g from m + 2 inputs x by m + 2 products, one for each
 * point at which the polynomials of Toom and Cook are evaluated, infinity the last.
 */

/** Rows of numbers. */
export type Matrix = readonly (readonly number[])[];

/** F(outputs,3), with outputs + 2 frequencies. */
export type Scheme = {
  /** Bᵀ [frequencies, outputs + 2]. */
  input: Matrix;
  /** G [frequencies, 3]. */
  filter: Matrix;
  /** Aᵀ [outputs, frequencies]. */
  output: Matrix;
};

const TAPS = 3;

/**
 * Finite points by number of outputs. Symmetric points share half of the arithmetic. Those of F(4,3) keep rounding errors
 * three times smaller than 0, ±1, ±2 do (docs/experiment-log.md), and their powers are exact in f32.
 */
const POINTS: Readonly<Record<number, readonly number[]>> = {
  2: [0, 1, -1],
  3: [1 / 2, -1 / 2, 5 / 4, -5 / 4],
  4: [0, 5 / 8, -5 / 8, 3 / 2, -3 / 2],
};

/** Outputs of a tile on one axis, smallest first. */
export const TILE_OUTPUTS = Object.keys(POINTS).map(Number);

/** Products of F(outputs,3). */
export function frequenciesOf(outputs: number): number {
  return outputs + TAPS - 1;
}

/** The scheme of 2, 3 or 4 outputs. */
export function schemeOf(outputs: number): Scheme {
  const points = POINTS[outputs]!;
  const others = (j: number) => points.filter((_, i) => i !== j);
  const input = points.map((_, j) => [...polynomial(others(j)), 0]);
  const filter = points.map((point, j) => {
    const norm = others(j).reduce((product, other) => product * (point - other), 1);
    return [1 / norm, point / norm, point ** 2 / norm];
  });
  const output = Array.from({ length: outputs }, (_, i) => [
    ...points.map((point) => point ** i),
    i === outputs - 1 ? 1 : 0,
  ]);
  return { input: [...input, polynomial(points)], filter: [...filter, [0, 0, 1]], output };
}

/** Coefficients of Π(x - root), the constant one first. */
function polynomial(roots: readonly number[]): number[] {
  return roots.reduce<number[]>(
    (product, root) => [0, ...product].map((higher, i) => higher - root * (product[i] ?? 0)),
    [1],
  );
}

export function transpose(matrix: Matrix): Matrix {
  return matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));
}
