/**
 * Pure arithmetic on presentation times. Addressing frames by time needs strictly increasing times; damaged or badly
 * written files have frames without a time, with the time of another frame, or out of line. No frame is dropped:
 * such frames get a time between their neighbours.
 */
export type RepairedTimes = { timesSec: Float64Array; repaired: number };

/**
 * Keeps the largest set of times that strictly increases and places all other frames evenly between them (beyond the
 * ends: one typical step apart).
 * @param raw - a time in seconds for each frame in the order of decoding; NaN where it has none
 * @param fallbackStepSec - step where fewer than two times are usable
 */
export function repairTimes(raw: readonly number[], fallbackStepSec: number): RepairedTimes {
  const trusted = longestIncreasing(raw);
  const timesSec = Float64Array.from(raw);
  const repaired = raw.length - trusted.length;
  if (repaired === 0) return { timesSec, repaired };
  if (trusted.length === 0) return { timesSec: timesSec.map((_, i) => i * fallbackStepSec), repaired };
  const step = medianStep(Float64Array.from(trusted, (i) => raw[i]!)) ?? fallbackStepSec;
  for (let i = 0; i + 1 < trusted.length; i++) interpolate(timesSec, trusted[i]!, trusted[i + 1]!);
  extrapolate(timesSec, trusted, step);
  return { timesSec, repaired };
}

/** Indices of one longest strictly increasing subsequence (patience sorting); NaNs are never in it. */
function longestIncreasing(values: readonly number[]): number[] {
  const ends: number[] = [];
  const previous = new Int32Array(values.length).fill(-1);
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    const length = firstNotBelow(ends, values, value);
    if (length > 0) previous[i] = ends[length - 1]!;
    ends[length] = i;
  });
  const chain: number[] = [];
  for (let i = ends.at(-1) ?? -1; i >= 0; i = previous[i]!) chain.push(i);
  return chain.reverse();
}

function firstNotBelow(ends: readonly number[], values: readonly number[], value: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[ends[middle]!]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function interpolate(timesSec: Float64Array, from: number, to: number): void {
  const start = timesSec[from]!;
  const step = (timesSec[to]! - start) / (to - from);
  for (let i = from + 1; i < to; i++) timesSec[i] = start + step * (i - from);
}

function extrapolate(timesSec: Float64Array, trusted: readonly number[], stepSec: number): void {
  const first = trusted[0]!;
  const last = trusted.at(-1)!;
  for (let i = 0; i < first; i++) timesSec[i] = timesSec[first]! - stepSec * (first - i);
  for (let i = last + 1; i < timesSec.length; i++) timesSec[i] = timesSec[last]! + stepSec * (i - last);
}

/** Median time between frames, seconds; undefined for fewer than two frames. */
export function medianStep(timesSec: Float64Array): number | undefined {
  if (timesSec.length < 2) return undefined;
  const steps = timesSec.slice(1).map((time, i) => time - timesSec[i]!);
  return steps.sort()[steps.length >> 1];
}

/**
 * True where a step differs from the typical one by more than a tenth, and by more than the millisecond to which
 * Matroska and FLV round each of its two times.
 */
export function isVariableRate(timesSec: Float64Array): boolean {
  const typical = medianStep(timesSec);
  if (typical === undefined) return false;
  const tolerance = Math.max(0.1 * typical, 0.0015);
  return timesSec.some((time, i) => i > 0 && Math.abs(time - timesSec[i - 1]! - typical) > tolerance);
}
