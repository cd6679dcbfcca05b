/** Repeated measurements: ours and a peer's in turns, so that what else the machine does meets both. */
import type { PeerFigures, PeerWithCpu, Spread } from '../contract/bench.ts';
import { throwIfAborted } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';

/** Milliseconds by the clock, and of processor time of all threads. */
export type Times = { wallMs: number; cpuMs: number };

/** One round of the same work; a peer is null where it is not asked for. */
export type Sides = { ours: () => Promise<Times>; peer: (() => Promise<Times>) | null };

export type RoundTimes = { ours: Times[]; peer: Times[] };

/** Runs both sides `rounds` times, the first one to run changing each time, after a round that does not count. */
export async function pairedRounds(rounds: number, { ours, peer }: Sides, job: JobContext): Promise<RoundTimes> {
  const times: RoundTimes = { ours: [], peer: [] };
  const runOurs = async () => times.ours.push(await ours());
  const runPeer = async () => peer && times.peer.push(await peer());
  await ours();
  await peer?.();
  for (let round = 0; round < rounds; round++) {
    throwIfAborted(job.signal);
    for (const run of round % 2 === 0 ? [runOurs, runPeer] : [runPeer, runOurs]) await run();
    job.onProgress?.({ stage: 'measure', done: round + 1, total: rounds });
  }
  return times;
}

export async function timed(work: () => unknown): Promise<Times> {
  const [startMs, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - startMs, cpuMs: (user + system) / 1000 };
}

/** The least of the repetitions in a round, each kind of time by itself. */
export function leastOf(times: readonly Times[]): Times {
  return {
    wallMs: Math.min(...times.map(({ wallMs }) => wallMs)),
    cpuMs: Math.min(...times.map(({ cpuMs }) => cpuMs)),
  };
}

/** Median, 10th and 90th percentile, to two digits after the point. */
export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (share: number) => rounded(sorted[Math.round((sorted.length - 1) * share)]!, 2);
  return { median: at(0.5), p10: at(0.1), p90: at(0.9) };
}

/** @param ours - times of the rounds @param theirs - those of the peer in the same rounds */
export function peerFigures(name: string, ours: readonly number[], theirs: readonly number[]): PeerFigures {
  const { median, p10, p90 } = spreadOf(ratios(ours, theirs));
  return { name, ms: spreadOf(theirs), ratio: median, ratioP10: p10, ratioP90: p90 };
}

export function peerWithCpu(name: string, { ours, peer }: RoundTimes): PeerWithCpu {
  const [wall, cpu] = [(times: Times) => times.wallMs, (times: Times) => times.cpuMs];
  const cpuRatio = spreadOf(ratios(ours.map(cpu), peer.map(cpu))).median;
  return { ...peerFigures(name, ours.map(wall), peer.map(wall)), cpuRatio };
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.map((own, round) => theirs[round]! / own);
}
