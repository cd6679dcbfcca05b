/**
 * What the methods of a pooling search have in common (algorithms.md 2.4). A method decides which configuration is
 * trained and scored in a step, learns from the accuracy that was seen, and scores all configurations in the end. It
 * trains nothing itself: the training loop does, through `search-problem.ts`, or nobody does, in `replay.ts`.
 */
import type { Rng } from '../../data/rng.ts';
import type { Path, PathDraw } from '../bilevel-problem.ts';

/** Where in the search an epoch stands: `epoch` counts from 0. */
export type SearchClock = { epoch: number; epochs: number };

/** Samples paths through shared weights. `State` is JSON. */
export interface SamplingMethod<State = unknown> {
  readonly kind: 'sampling';
  /** M, the number of sets of shared weights. */
  readonly supernets: number;
  /** Whether the final scores come from a full validation of all paths, or from what was seen on the way. */
  readonly ranksBy: 'evaluation' | 'own-scores';
  initial(): State;
  /** Before the first draw of an epoch. */
  startEpoch(state: State, clock: SearchClock): State;
  draw(state: State, rng: Rng): PathDraw;
  /** @param accuracy - of the scored path on a batch of validation data, 0..1 */
  update(state: State, scored: Path, accuracy: number): State;
  /**
   * Scores of all configurations [c], -Infinity where nothing is known.
   * @param evaluated - accuracies [c][m] of a full validation, -Infinity where there was none
   */
  scores(state: State, evaluated: readonly (readonly number[])[]): number[];
  /** The paths that are worth a full validation; none where `ranksBy` is `own-scores`. */
  finalPaths(state: State): Path[];
  /** @throws ZodError when the JSON is not a state of this method */
  restore(stored: unknown): State;
}

/** Mixes all scales in every unit with weights alpha [unit][scale], which follow the gradient of the validation loss. */
export interface RelaxedMethod<State = unknown> {
  readonly kind: 'relaxed';
  initial(units: number, scales: number): State;
  /** Weights of the scales in each unit, rows on the simplex. */
  mixture(state: State): number[][];
  /** @param gradient - of the validation loss with respect to {@link mixture}, [unit][scale] */
  update(state: State, gradient: readonly (readonly number[])[]): State;
  restore(stored: unknown): State;
}

/** Trains no supernet: its finalists are trained alone. */
export type DirectMethod = { readonly kind: 'direct'; readonly finalists: 'default' | 'all' };

export type SearchMethod = SamplingMethod | RelaxedMethod | DirectMethod;

/** Where a batch's accuracy moves a running average: `decay` of the old value stays. */
export function movingAverage(old: number, value: number, decay: number): number {
  return decay * old + (1 - decay) * value;
}
