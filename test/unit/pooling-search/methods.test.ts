import { describe, expect, it } from 'vitest';
import { resnet20 } from '../../../models/resnet-cifar.ts';
import { POOLING_SEARCH_METHODS } from '../../../src-main/contract/pooling-search.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import type { PathDraw } from '../../../src-main/train/bilevel-problem.ts';
import { balancedMixture } from '../../../src-main/train/pooling-search/balanced-mixture.ts';
import { darts, dartsGaea } from '../../../src-main/train/pooling-search/darts.ts';
import { mctsUcb, type MctsState } from '../../../src-main/train/pooling-search/mcts.ts';
import { searchMethod } from '../../../src-main/train/pooling-search/methods.ts';
import type { RelaxedMethod, SamplingMethod } from '../../../src-main/train/pooling-search/search-method.ts';
import { searchSpace } from '../../../src-main/train/pooling-search/search-space.ts';

const space = searchSpace(resnet20.pooling);
const C = space.configurations.length;
const mixture = (supernets: number) =>
  balancedMixture({ configurations: C, supernets, maxTemperature: 100, decay: 0.9 });

/** Runs a method on accuracies that rise with the index of the configuration. */
function run<State>(method: SamplingMethod<State>, { epochs = 20, steps = 100, seed = 1 } = {}) {
  const rng = new Rng(seed);
  const draws: PathDraw[] = [];
  let state = method.initial();
  for (let epoch = 0; epoch < epochs; epoch++) {
    state = method.startEpoch(state, { epoch, epochs });
    for (let step = 0; step < steps; step++) {
      const draw = method.draw(state, rng);
      draws.push(draw);
      const { configuration, supernet } = draw.scored;
      state = method.update(state, draw.scored, 0.5 + configuration / 100 + 0.01 * supernet + 0.02 * rng.normal());
    }
  }
  return { state, draws };
}

/** Chi-square of counts against equal shares. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

function countsOf(values: readonly number[], cells: number): number[] {
  return Array.from({ length: cells }, (_, cell) => values.filter((value) => value === cell).length);
}

describe('balanced mixture', () => {
  it('trains every configuration and every supernet as often as any other', () => {
    const { draws } = run(mixture(4), { epochs: 40, steps: 200 });
    const ofConfigurations = countsOf(
      draws.map(({ trained }) => trained.configuration),
      C,
    );
    const ofSupernets = countsOf(
      draws.map(({ trained }) => trained.supernet),
      4,
    );
    // 99.9 % of chi-square with 35 degrees of freedom; the marginal over supernets is even within the tolerance only.
    expect(chiSquare(ofConfigurations)).toBeLessThan(66.6);
    for (const count of ofSupernets) expect(count / draws.length).toBeCloseTo(0.25, 1);
  });

  it('moves only the score of the path that was measured, as a running average within [0, 1]', () => {
    const method = mixture(3);
    const state = method.startEpoch(method.initial(), { epoch: 0, epochs: 10 });
    const before = structuredClone(state.scores);
    const after = method.update(state, { configuration: 5, supernet: 2 }, 0.4).scores;
    after.forEach((row, c) =>
      row.forEach((a, m) =>
        expect(a).toBe(c === 5 && m === 2 ? 0.9 * before[c]![m]! + (1 - 0.9) * 0.4 : before[c]![m]),
      ),
    );
    const scores = run(method).state.scores.flat();
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...scores)).toBeLessThanOrEqual(1);
  });

  it('starts at scores of 1, so that what was not tried looks best', () => {
    const method = mixture(2);
    let state = method.startEpoch(method.initial(), { epoch: 9, epochs: 10 });
    for (let i = 0; i < 20; i++) state = method.update(state, { configuration: 0, supernet: 0 }, 0.5);
    const rng = new Rng(1);
    const drawn = Array.from({ length: 2000 }, () => method.draw(state, rng).trained);
    const ofFirst = drawn.filter(({ configuration }) => configuration === 0);
    expect(ofFirst.every(({ supernet }) => supernet === 1)).toBe(true);
  });

  it('raises its temperature linearly from 1', () => {
    const method = mixture(2);
    const at = (epoch: number) => method.startEpoch(method.initial(), { epoch, epochs: 10 }).temperature;
    expect([at(0), at(5), at(10)]).toEqual([1, 50.5, 100]);
  });

  it('with one supernet draws what single path one-shot draws, number for number', () => {
    const one = run(mixture(1)).draws;
    const spos = run(searchMethod('spos', space, 1) as SamplingMethod).draws;
    expect(one).toEqual(spos);
  });

  it('evaluates all paths of a small space, the 50 most promising of a large one', () => {
    const method = mixture(3);
    expect(method.finalPaths(method.initial())).toHaveLength(3 * C);
    const large = balancedMixture({ configurations: 455, supernets: 4, maxTemperature: 200, decay: 0.9 });
    const paths = large.finalPaths(run(large, { epochs: 2 }).state);
    expect(paths).toHaveLength(50);
    expect(new Set(paths.map(({ configuration }) => configuration)).size).toBe(50);
  });
});

describe('Monte Carlo tree search', () => {
  const method = mctsUcb(space, { exploration: 1, decay: 0.9, training: 'drawn' });

  it('visits every first place before it comes back to one', () => {
    const { draws } = run(method, { epochs: 1, steps: 8 });
    const first = draws.map(({ scored }) => space.configurations[scored.configuration]!.space[0]);
    expect([...first].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('counts as many visits of a node as of all below it', () => {
    const { state } = run(method);
    const below = (key: string) =>
      Object.entries(state).filter(([other]) => other.startsWith(key === '' ? '' : `${key},`) && other !== key);
    const depth = (key: string) => (key === '' ? 0 : key.split(',').length);
    for (const [key, { visits }] of Object.entries(state as MctsState)) {
      const children = below(key).filter(([other]) => depth(other) === depth(key) + 1);
      if (children.length > 0) expect(children.reduce((sum, [, child]) => sum + child.visits, 0)).toBe(visits);
    }
  });

  it('is greedy without exploration', () => {
    const greedy = mctsUcb(space, { exploration: 0, decay: 0.9, training: 'drawn' });
    const rng = new Rng(2);
    let state = run(method).state;
    const best = greedy.draw(state, rng).scored;
    for (let i = 0; i < 20; i++) {
      expect(greedy.draw(state, rng).scored).toEqual(best);
      state = greedy.update(state, best, 1);
    }
  });
});

describe.each(['boltzmann', 'boltzmann-uniform', 'mcts-ucb', 'mcts-ucb-uniform'] as const)('%s', (name) => {
  const method = searchMethod(name, space, 1) as SamplingMethod;
  const { state, draws } = run(method, { epochs: 40, steps: 200 });

  it('measures good configurations more often than bad ones, and ranks a good one first', () => {
    const scored = draws.slice(-2000).map(({ scored: { configuration } }) => configuration);
    const upper = scored.filter((c) => c >= C / 2).length;
    expect(upper / scored.length).toBeGreaterThan(0.55);
    const scores = method.scores(state, []);
    expect(scores.indexOf(Math.max(...scores))).toBeGreaterThan(C - 6);
  });

  it('trains uniformly where it says so, else what it measures', () => {
    const uniform = name.endsWith('-uniform');
    const trained = countsOf(
      draws.map(({ trained: { configuration } }) => configuration),
      C,
    );
    if (uniform) expect(chiSquare(trained)).toBeLessThan(66.6);
    else expect(draws.every(({ trained: one, scored }) => one === scored)).toBe(true);
  });

  it('does not know what it never measured', () => {
    expect(method.scores(method.initial(), []).every((score) => score === -Infinity)).toBe(true);
  });
});

describe('continuous relaxation', () => {
  it('keeps exponentiated weights on the simplex, and where a gradient has no preference', () => {
    const method = dartsGaea();
    const start = method.initial(9, 3);
    const same = method.mixture(
      method.update(
        start,
        start.map(() => [2, 2, 2]),
      ),
    );
    same.flat().forEach((weight) => expect(weight).toBeCloseTo(1 / 3, 12));
    const rng = new Rng(1);
    let state = start;
    for (let i = 0; i < 200; i++)
      state = method.update(
        state,
        state.map((row) => row.map(() => 5 * rng.normal())),
      );
    for (const row of method.mixture(state)) {
      expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 10);
      expect(Math.min(...row)).toBeGreaterThan(0);
    }
  });

  it.each([darts(), dartsGaea()])('moves weight to the scale of smallest gradient', (method) => {
    let state = method.initial(2, 3);
    for (let i = 0; i < 300; i++)
      state = method.update(state as never, [
        [1, 0, 1],
        [0, 1, 1],
      ]);
    const largest = (row: number[]) => row.indexOf(Math.max(...row));
    expect(method.mixture(state as never).map(largest)).toEqual([1, 0]);
    expect(method.mixture(state as never)[0]![1]).toBeGreaterThan(0.6);
  });

  it('starts Adam at equal weights and steps its logits by the rate', () => {
    const method = darts();
    const start = method.initial(1, 3);
    expect(method.mixture(start)[0]).toEqual([1 / 3, 1 / 3, 1 / 3]);
    const { alpha } = method.update(start, [[1, 0, 0]]);
    expect(alpha[0]![0]).toBeCloseTo(1 - 0.01, 4);
    expect(alpha[0]![1]).toBeGreaterThan(1);
  });
});

const throughJson = (state: unknown): unknown => JSON.parse(JSON.stringify(state));
const methods = POOLING_SEARCH_METHODS.map((name) => ({ name, method: searchMethod(name, space, 2) }));

it.each(methods.filter(({ method }) => method.kind === 'sampling'))(
  '$name goes on from its stored state as if nothing had happened',
  ({ method }) => {
    const sampling = method as SamplingMethod;
    const { state } = run(sampling, { epochs: 3, steps: 30 });
    const stored = sampling.restore(throughJson(state));
    const draws = (from: unknown) => {
      const rng = new Rng(9);
      return Array.from({ length: 20 }, () => sampling.draw(from, rng));
    };
    expect(draws(stored)).toEqual(draws(state));
    expect(sampling.scores(stored, [[1]])).toEqual(sampling.scores(state, [[1]]));
  },
);

it.each(methods.filter(({ method }) => method.kind === 'relaxed'))(
  '$name mixes and moves on from its stored state as if nothing had happened',
  ({ method }) => {
    const relaxed = method as RelaxedMethod;
    const slopes = [[1, 0.2, -0.5]];
    const state = relaxed.update(relaxed.initial(1, 3), slopes);
    const [whole, stored] = [state, relaxed.restore(throughJson(state))].map((from) => relaxed.update(from, slopes));
    expect(relaxed.mixture(stored)).toEqual(relaxed.mixture(whole));
    expect(relaxed.mixture(stored)).not.toEqual(relaxed.mixture(state));
  },
);
