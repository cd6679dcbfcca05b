const THIN_SPACE = '\u202f';

/** 0.8286 is "82.9 %"; without a unit "82.9". */
export function percent(share: number, digits = 1): string {
  return `${percentNumber(share, digits)}${THIN_SPACE}%`;
}

export function percentNumber(share: number, digits = 1): string {
  return (100 * share).toFixed(digits);
}

export function seconds(sec: number, digits = 2): string {
  return `${sec.toFixed(digits)}${THIN_SPACE}s`;
}

/** "1.20–2.34 s". */
export function span({ startSec, endSec }: { startSec: number; endSec: number }): string {
  return `${startSec.toFixed(2)}–${seconds(endSec)}`;
}

/** Coordinates of a drawing: two decimals are finer than any screen. */
export function coordinate(value: number): number {
  return Math.round(value * 100) / 100;
}

/** "1 video", "3 videos"; a plural that is not just an s is given. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n}\u00a0${n === 1 ? one : many}`;
}

export function gammaText(gamma: number): string {
  return Number.isFinite(gamma) ? String(Number(gamma.toPrecision(2))) : 'max';
}
