/** Seconds to pixels and back between two edges. */
export type TimeScale = { left: number; right: number; x: (sec: number) => number; sec: (x: number) => number };

export function timeScale(durationSec: number, left: number, right: number): TimeScale {
  const length = Math.max(durationSec, 0.001);
  const width = Math.max(1, right - left);
  return {
    left,
    right: left + width,
    x: (sec) => left + (Math.min(Math.max(sec, 0), length) / length) * width,
    sec: (x) => (Math.min(Math.max(x - left, 0), width) / width) * length,
  };
}

const STEPS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

/** Round times with room for their numbers between them. */
export function timeTicks(durationSec: number, width: number): number[] {
  const most = Math.max(2, width / 64);
  const step = STEPS.find((sec) => durationSec / sec <= most) ?? durationSec / 2;
  return Array.from({ length: Math.floor(durationSec / step + 1e-9) + 1 }, (_, i) => Number((i * step).toFixed(3)));
}

/** Number of the frame that is shown at a time: the last one that has begun. */
export function frameAt(timesSec: ArrayLike<number>, sec: number): number {
  let [low, high] = [0, timesSec.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (timesSec[middle]! <= sec + 1e-6) low = middle;
    else high = middle - 1;
  }
  return low;
}
