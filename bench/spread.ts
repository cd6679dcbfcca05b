/** Median, 10th and 90th percentile of repeated measurements, to two digits after the point. */
export function spread(numbers: readonly number[]) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (share: number) => Number(sorted[Math.round((sorted.length - 1) * share)]!.toFixed(2));
  return { median: at(0.5), p10: at(0.1), p90: at(0.9) };
}
