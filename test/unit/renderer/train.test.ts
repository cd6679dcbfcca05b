import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src-main/data/config-resolution.ts';
import { listSettings } from '../../../src-main/contract/settings.ts';
import { overlay, runLook } from '../../../src-renderer/lib/run-charts.ts';
import { nextRunName } from '../../../src-renderer/lib/run-names.ts';
import { canResume, runState } from '../../../src-renderer/lib/run-words.ts';
import {
  configDifferences,
  configOf,
  counts,
  flatConfig,
  TRAIN_PRESETS,
  trainSections,
} from '../../../src-renderer/lib/train-form.ts';

describe('the form', () => {
  const fields = trainSections().flatMap((section) => section.fields);

  it('asks for every setting of the schema once, with a title and what it means', () => {
    expect(fields.map(({ key }) => key).sort()).toEqual([...listSettings().keys()].sort());
    for (const { key, title, help } of fields) expect([title.length > 0, help.length > 0], key).toEqual([true, true]);
  });

  it('knows choices, switches, whole numbers and their limits', () => {
    const kindOf = (key: string) => fields.find((field) => field.key === key)!.field;
    expect(kindOf('schedule')).toEqual({ kind: 'choice', options: ['constant', 'plateau', 'cosine'] });
    expect(kindOf('augment.flip')).toEqual({ kind: 'switch' });
    expect(kindOf('momentum')).toEqual({ kind: 'number', step: 'any', min: 0, max: 1 });
    expect(kindOf('epochs')).toMatchObject({ kind: 'number', step: 1 });
  });

  it('leaves out what changes nothing beside what else is chosen', () => {
    const shown = (choices: Record<string, unknown>) => (key: string) => counts({ key }, (other) => choices[other]);
    const average = shown({ pooling: 'average', optimizer: 'adamw' });
    expect(
      ['gamma', 'stochasticSoftmax.warmupEpochs', 'reinforce.baseline', 'momentum', 'epochs'].filter(average),
    ).toEqual(['epochs']);
    expect(shown({ pooling: 'reinforce' })('reinforce.baseline')).toBe(true);
    expect(shown({ labels: 'video' })('semiWeak.method')).toBe(false);
    expect(shown({ labels: 'semi-weak' })('semiWeak.method')).toBe(true);
  });

  it.each(TRAIN_PRESETS)('preset $id is a config that the program takes', ({ choices }) => {
    const config = flatConfig(parseConfig(configOf(choices), []));
    expect(config).toMatchObject(choices);
  });
});

describe('configs', () => {
  it('become groups and dotted keys again', () => {
    const choices = { gamma: 2, 'stochasticSoftmax.warmupEpochs': 1 };
    expect(configOf(choices)).toEqual({ gamma: 2, stochasticSoftmax: { warmupEpochs: 1 } });
    expect(flatConfig(configOf(choices))).toEqual(choices);
  });

  it('are compared setting by setting', () => {
    expect(configDifferences([{ a: 1, g: { x: 1 } }, { a: 1, g: { x: 2 } }, { a: 1 }])).toEqual([
      { key: 'g.x', values: [1, 2, undefined] },
    ]);
  });
});

describe('runs', () => {
  it('look different up to 24 of them, and four of them without colour', () => {
    const looks = Array.from({ length: 24 }, (_, i) => runLook(i));
    expect(new Set(looks.map((look) => JSON.stringify(look))).size).toBe(24);
    expect(new Set(looks.slice(0, 4).map(({ dash }) => String(dash))).size).toBe(4);
  });

  it('over one another share their epochs, with nothing where a run is over', () => {
    const epochs = (numbers: number[]) => numbers.map((epoch) => ({ epoch, valLoss: epoch / 10 }) as never);
    const look = { colour: '#000', dash: [] };
    const chart = overlay(
      [
        { name: 'a', epochs: epochs([1, 2, 3]), ...look },
        { name: 'b', epochs: epochs([1]), ...look },
      ],
      ({ valLoss }) => valLoss,
    );
    expect(chart.x).toEqual([1, 2, 3]);
    expect(chart.lines.map(({ values }) => values)).toEqual([
      [0.1, 0.2, 0.3],
      [0.1, null, null],
    ]);
  });

  it('get a name that is not taken, and a word for their state', () => {
    expect(nextRunName(['run-2', 'pilot', 'run-10'])).toBe('run-11');
    expect(runState({ status: 'training' }, null).text).toBe('cut off');
    expect(runState({ status: 'training' }, { state: 'running' }).text).toBe('training');
    expect([canResume({ status: 'paused' }), canResume({ status: 'kept' })]).toEqual([true, false]);
  });
});
