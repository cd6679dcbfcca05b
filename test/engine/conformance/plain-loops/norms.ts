import { blank, type Values } from '../values.ts';

type NormOptions = { epsilon: number; relu: boolean };

/** Mean and biased variance of each channel of x [groups,places,c] over the places: [groups,c] each. */
export function momentsByLoops({ values }: Values, groups: number, c: number): { mean: Values; variance: Values } {
  const [mean, variance] = [blank([groups, c]), blank([groups, c])];
  const places = values.length / groups / c;
  const eachOf = (visit: (value: number, cell: number) => void) =>
    values.forEach((value, i) => visit(value, Math.floor(i / (places * c)) * c + (i % c)));
  eachOf((value, cell) => (mean.values[cell]! += value / places));
  eachOf((value, cell) => (variance.values[cell]! += (value - mean.values[cell]!) ** 2 / places));
  return { mean, variance };
}

/** scale (x - mean) / sqrt(variance + epsilon) + offset, then ReLU; statistics [groups,c]. */
export function normaliseByLoops(
  { shape, values }: Values,
  affine: { scale: Values; offset: Values },
  { mean, variance }: { mean: Values; variance: Values },
  { epsilon, relu }: NormOptions,
): Values {
  const c = affine.scale.values.length;
  const places = values.length / mean.values.length;
  const y = Float64Array.from(values, (value, i) => {
    const cell = Math.floor(i / (places * c)) * c + (i % c);
    const normal = (value - mean.values[cell]!) / Math.sqrt(variance.values[cell]! + epsilon);
    const scaled = normal * affine.scale.values[i % c]! + affine.offset.values[i % c]!;
    return relu ? Math.max(0, scaled) : scaled;
  });
  return { shape, values: y };
}
