import type { Figures, PeakRates, PeerWithCpu, Spread } from '../contract/bench.ts';
import { peerWithCpu, rounded, spreadOf, type RoundTimes } from './bench-rounds.ts';

/** What a piece of work needs: floating-point operations, and bytes that pass between memory and processor. */
export type Load = { operations: number; bytes: number };

/** What figures are made from; `peak` null: not measured. */
export type Basis = { clips: number; load: Load; peak: PeakRates | null };

/** Of rounds of ours and, where it has a name, of a peer. */
export function roundFigures(
  times: RoundTimes,
  basis: Basis,
  peerName: string | null,
): Figures & { cpuMs: Spread; peer?: PeerWithCpu } {
  const wallMs = times.ours.map((time) => time.wallMs);
  const cpuMs = times.ours.map((time) => time.cpuMs);
  const peer = peerName === null ? {} : { peer: peerWithCpu(peerName, times) };
  return { ...figuresOf(wallMs, basis), cpuMs: spreadOf(cpuMs), ...peer };
}

export function figuresOf(wallMs: readonly number[], { clips, load, peak }: Basis): Figures {
  const ms = spreadOf(wallMs);
  return { ms, clipsPerSecond: rounded((1000 * clips) / ms.median, 1), ...ratesOf(ms.median, load, peak) };
}

export function ratesOf(
  ms: number,
  load: Load,
  peak: PeakRates | null,
): Pick<Figures, 'gflops' | 'tflops' | 'shareOfFloor'> {
  const shareOfFloor = peak === null ? null : rounded(floorMs(load, peak) / ms, 3);
  const perSecond = (1000 * load.operations) / ms;
  return { gflops: fourDigits(perSecond / 1e9), tflops: fourDigits(perSecond / 1e12), shareOfFloor };
}

function fourDigits(value: number): number {
  return Number(value.toPrecision(4));
}

/** The least time for the operations, or for the bytes, whichever is longer. */
export function floorMs({ operations, bytes }: Load, { gflops, gigabytesPerSecond }: PeakRates): number {
  return Math.max(operations / gflops, bytes / gigabytesPerSecond) / 1e6;
}
