/** The largest of any number of values, -Infinity of none: `Math.max(...values)` fails from about 120,000 on. */
export function largestOf(values: Iterable<number>): number {
  let largest = -Infinity;
  for (const value of values) largest = Math.max(largest, value);
  return largest;
}
