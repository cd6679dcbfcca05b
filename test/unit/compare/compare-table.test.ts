import { describe, expect, it } from 'vitest';
import { comparisonGrid } from '../../../src-main/compute/compare/grid.ts';
import { comparedSystems, csvTable, markdownTable, spreadOf } from '../../../src-main/compute/compare/table.ts';
import type { ComparedRun, CompareOptions, CompareSummary, System } from '../../../src-main/contract/compare.ts';
import { renderComparison } from '../../../src-main/report/compare-page.ts';

const AVERAGE: System = { model: 'c3d', pooling: 'average', gamma: null };
const SOFTMAX: System = { model: 'c3d', pooling: 'stochastic-softmax', gamma: 0.5 };

function runOf(system: System, seed: number, war: number): ComparedRun {
  const localisation = { pointing: war / 2, mass: war / 4, uniform: 0.25 };
  return {
    ...system,
    run: `r${seed}`,
    seed,
    war,
    uar: war - 0.1,
    bestEpoch: 10 * seed,
    epochs: 40,
    localisation,
    seconds: 60,
  };
}

const RUNS = [runOf(AVERAGE, 1, 0.4), runOf(AVERAGE, 2, 0.6), runOf(SOFTMAX, 1, 0.7)];
const REFUSED = {
  model: 'c3d-lstm',
  pooling: 'average',
  gamma: null,
  reason: 'it reads, in order',
  hint: 'Use max.',
} as const;
const table = { systems: comparedSystems([AVERAGE, SOFTMAX], RUNS, 2), refused: [REFUSED] };

describe('figures over seeds', () => {
  it('are mean and deviation of the sample', () => {
    expect(spreadOf([1, 2, 3, 6])).toEqual({ mean: 3, deviation: Math.sqrt(14 / 3) });
    expect(spreadOf([0.5])).toEqual({ mean: 0.5, deviation: null });
  });

  it('are of the runs that are done, and leave out systems without one', () => {
    const systems = comparedSystems([AVERAGE, SOFTMAX, { ...AVERAGE, pooling: 'max' }], RUNS, 2);
    expect(systems.map(({ pooling, runs }) => [pooling, runs.length])).toEqual([
      ['average', 2],
      ['stochastic-softmax', 1],
    ]);
  });

  it('have no localisation where a run has none', () => {
    const [system] = comparedSystems([AVERAGE], [RUNS[0]!, { ...RUNS[1]!, localisation: null }], 2);
    expect(system!.localisation).toBeNull();
  });
});

describe('the table', () => {
  it('is Markdown in per cent, with the runs that are missing and the pairs that are refused', () => {
    expect(markdownTable(table).split('\n')).toEqual([
      '| network | pooling | γ | seeds | WAR | UAR | epochs to best | pointing | mass | uniform | s per run |',
      '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
      '| c3d | average | – | 2 | 50.0 ± 14.1 | 40.0 ± 14.1 | 15.0 ± 7.1 | 25.0 ± 7.1 | 12.5 ± 3.5 | 25.0 ± 0.0 | 60 ± 0 |',
      '| c3d | stochastic-softmax | 0.5 | 1 of 2 | 70.0 | 60.0 | 10.0 | 35.0 | 17.5 | 25.0 | 60 |',
      '',
      'Not trained:',
      '',
      '- c3d-lstm with average: it reads, in order. Use max.',
      '',
    ]);
  });

  it('is CSV with a line for each pair and equal columns', () => {
    const lines = csvTable(table).trimEnd().split('\n');
    expect(lines[0]).toContain('war,war_deviation,uar');
    expect(lines[2]).toMatch(/^c3d,stochastic-softmax,0.5,1,2,0.7,,/);
    expect(lines[3]).toMatch(/^c3d-lstm,average,,,,,.*,"it reads, in order"$/);
    const columns = lines.map((line) => line.replace(/"[^"]*"/, '').split(',').length);
    expect(new Set(columns)).toEqual(new Set([20]));
  });
});

describe('the page', () => {
  const summary: CompareSummary = {
    ...table,
    ...{ run: 'c', split: 'test', videos: 35, largestClass: 0.2, settings: [{ model: 'c3d', set: ['epochs=<2>'] }] },
    engine: { name: 'wasm', device: 'a processor', threads: 1, features: {}, why: 'a test' },
    ...{ folder: '/c', files: { markdown: '', csv: '', report: '' }, notes: [] },
  };
  const page = renderComparison({ project: 'p & q', classes: ['a', 'b'], summary });

  it('names the best, what is not done and what cannot be', () => {
    expect(page).toContain('c3d with stochastic-softmax, γ 0.5 recognises most: 70.0');
    expect(page).toContain('(1 of 2\u00a0seeds)');
    expect(page).toContain('it reads, in order');
  });

  it('runs no script, loads nothing and escapes what it is told', () => {
    expect(page).toContain('script-src &#39;none&#39;');
    expect(page).not.toContain('<script');
    expect(page).toContain('p &#38; q');
    expect(page).toContain('epochs=&#60;2&#62;');
  });

  it('draws a dot for each seed', () => {
    expect(page.match(/class="seed"/g)).toHaveLength(3);
  });
});

describe('the grid', () => {
  const asked = { models: ['small3d', 'c3d-lstm', 'c3d-weighted'], pooling: ['average', 'softmax'], gammas: [0.5, 1] };
  const options = {
    ...asked,
    seeds: [2, 1, 2],
    size: 'full',
    split: 'test',
    run: 'c',
    set: [],
  } as unknown as CompareOptions;

  it('takes each inverse temperature for the methods that have one, and each seed once', () => {
    const { tasks, systems } = comparisonGrid({ ...options, models: ['small3d'] });
    expect(systems.map(({ pooling, gamma }) => [pooling, gamma])).toEqual([
      ['average', null],
      ['softmax', 0.5],
      ['softmax', 1],
    ]);
    expect(tasks.map(({ name }) => name)).toEqual([
      ...['c-small3d-average-s2', 'c-small3d-softmax-g0.5-s2', 'c-small3d-softmax-g1-s2'],
      ...['c-small3d-average-s1', 'c-small3d-softmax-g0.5-s1', 'c-small3d-softmax-g1-s1'],
    ]);
    expect(tasks[1]!.config).toMatchObject({ pooling: 'softmax', gamma: 0.5, seed: 2 });
  });

  it('sets apart what cannot be trained', () => {
    const { refused, systems } = comparisonGrid(options);
    expect(refused.map(({ model, pooling }) => `${model} ${pooling}`)).toEqual(['c3d-lstm average']);
    expect(systems).toHaveLength(3 + 2 + 3);
  });

  it('takes small networks as their own settings say, unless the user says otherwise', () => {
    const small = { ...options, models: ['c3d' as const], size: 'small' as const };
    expect(comparisonGrid(small).tasks[0]!.config).toMatchObject({ modelWidth: 0.125, frameNorm: true, cropSize: 48 });
    expect(comparisonGrid({ ...small, set: ['cropSize=64'] }).tasks[0]!.config).toMatchObject({ cropSize: 64 });
  });
});
