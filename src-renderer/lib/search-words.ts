import type { JobState } from '../../src-main/contract/window/jobs.ts';
import type { PoolingSearchMethod } from '../../src-main/contract/pooling-search.ts';
import type { SearchRow, SearchTrust } from '../../src-main/contract/window/pooling-search.ts';
import { percentText } from './plain-numbers.ts';
import type { RunTone } from './run-words.ts';

export const METHOD_TITLES: Readonly<Record<PoolingSearchMethod, string>> = {
  default: 'Default alone',
  'brute-force': 'Brute force',
  spos: 'Single path one-shot',
  darts: 'DARTS',
  'darts-gaea': 'DARTS with GAEA',
  boltzmann: 'Boltzmann',
  'boltzmann-uniform': 'Boltzmann, uniform training',
  'mcts-ucb': 'Tree search, UCB',
  'mcts-ucb-uniform': 'Tree search, uniform training',
  'balanced-mixture': 'Balanced mixture',
};

/** Finding and method of a search, in a line. */
export function poolingSubtitle({ method, best }: Pick<SearchRow, 'method' | 'best'>): string {
  return (best === null ? '' : `${best.poolAt}, val ${percentText(best.validation)} · `) + METHOD_TITLES[method];
}

/** The state of a search in a word; one without a job that says it searches was cut off. */
export function searchState(
  { status }: Pick<SearchRow, 'status'>,
  job: Pick<JobState, 'state'> | null,
): { tone: RunTone; text: string } {
  if (job?.state === 'queued') return { tone: 'plain', text: 'waiting' };
  if (job !== null) return { tone: 'plain', text: job.state === 'stopping' ? 'pausing' : 'searching' };
  const words = {
    searching: { tone: 'doubt', text: 'cut off' },
    paused: { tone: 'doubt', text: 'paused' },
    failed: { tone: 'wrong', text: 'failed' },
    finished: { tone: 'good', text: 'finished' },
  } as const satisfies Record<SearchRow['status'], { tone: RunTone; text: string }>;
  return words[status];
}

/** Below, an order is not told from one by chance whatever tau is. */
const FEWEST_NETWORKS = 5;

/** How far the order of the shared weights can be trusted. */
export function trustWords({ tau, chance, points }: SearchTrust): { tone: RunTone; text: string; why: string } {
  const n = points.length;
  if (tau === null || chance === null)
    return { tone: 'plain', text: 'Not known yet', why: 'It takes two networks that were trained alone and differ.' };
  const bound = `With ${n} networks chance alone reaches up to ${chance.toFixed(2)}.`;
  if (n < FEWEST_NETWORKS) return { tone: 'doubt', text: 'Too few networks to tell', why: bound };
  if (Math.abs(tau) <= chance) return { tone: 'doubt', text: 'Not told from chance', why: bound };
  if (tau < 0) return { tone: 'wrong', text: 'The order is reversed', why: bound };
  return { tone: 'good', text: tau >= 0.5 ? 'Ranks well' : 'Ranks better than chance', why: bound };
}
