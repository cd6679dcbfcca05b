import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine, type Engine } from '../../../src-main/engine/select.ts';
import type { Checkpoint } from '../../../src-main/train/checkpoint.ts';
import { lastStateSchema } from '../../../src-main/train/checkpoint.ts';
import { RIGHT_PLACE } from '../../support/toy-pooling.ts';
import { toyAlone, toyScores, trainToySearch, type ToySearch } from '../../support/toy-pooling-search.ts';
import { MemorySink } from '../../support/toy-training.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await openEngine({ engine: 'wasm', threads: 1 });
});

afterAll(async () => {
  await engine.close();
});

const quick: ToySearch = { units: 4, pictures: 128, epochs: 3, method: 'balanced-mixture', supernets: 2, seed: 1 };

/** A sink that stops the run behind a step and keeps what was saved then. */
class StoppingSink extends MemorySink {
  readonly controller = new AbortController();
  readonly #after: number;

  constructor(after: number) {
    super();
    this.#after = after;
  }

  override async appendMetrics(record: Parameters<MemorySink['appendMetrics']>[0]): Promise<void> {
    await super.appendMetrics(record);
    if (record.kind === 'step' && record.step === this.#after) this.controller.abort();
  }
}

function weightsOf(checkpoint: Checkpoint, prefix: string): string {
  const own = Object.entries(checkpoint.tensors).filter(([name]) => name.includes(prefix));
  return JSON.stringify(own.map(([name, { data }]) => [name, Array.from(data)]));
}

describe('a search in the training loop', () => {
  it('is with one supernet the run of single path one-shot, number for number', async () => {
    const one = await trainToySearch({ ...quick, supernets: 1 });
    const spos = await trainToySearch({ ...quick, method: 'spos', supernets: 1 });
    expect(one.sink.numbers).toEqual(spos.sink.numbers);
    expect(one.checkpoint.tensors).toEqual(spos.checkpoint.tensors);
  });

  it('repeats exactly with a seed, differs with another, and leaks no tensor', async () => {
    for (const method of ['balanced-mixture', 'darts', 'darts-gaea', 'mcts-ucb-uniform'] as const) {
      const before = memory().numTensors;
      const [one, same] = [await trainToySearch({ ...quick, method }), await trainToySearch({ ...quick, method })];
      expect(memory().numTensors).toBe(before);
      expect(same.sink.numbers).toEqual(one.sink.numbers);
      expect(same.state).toEqual(one.state);
      const other = await trainToySearch({ ...quick, method, seed: 2 });
      expect(other.sink.numbers).not.toEqual(one.sink.numbers);
    }
  });

  it.each(['balanced-mixture', 'boltzmann', 'darts-gaea'] as const)(
    'with %s goes on after an interruption with the same numbers',
    async (method) => {
      const whole = await trainToySearch({ ...quick, method });
      const sink = new StoppingSink(3);
      const stopped = trainToySearch({ ...quick, method }, { sink }, { signal: sink.controller.signal });
      await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
      const resumed = await trainToySearch({ ...quick, method }, { sink, resumeFrom: sink.checkpoints.get('last')! });
      expect(sink.numbers).toEqual(whole.sink.numbers);
      expect(resumed.state).toEqual(whole.state);
      expect(resumed.checkpoint.tensors).toEqual(whole.checkpoint.tensors);
    },
  );

  it('changes the weights of the drawn supernet only, and counts what it did', async () => {
    const sink = new StoppingSink(1);
    const once = trainToySearch({ ...quick, supernets: 3 }, { sink }, { signal: sink.controller.signal });
    await expect(once).rejects.toMatchObject({ code: 'aborted' });
    const first = sink.checkpoints.get('last')!;
    const { counts, passes } = lastStateSchema.parse(first.state).outer as { counts: number[][]; passes: number };
    const steps = sink.metrics.filter((record) => record.kind === 'step');
    const [, supernet] = steps[0]!.search!.trained;
    expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(passes).toBe(3);
    const untouched = [0, 1, 2].filter((m) => m !== supernet);
    for (const m of untouched) expect(weightsOf(first, `optimizer.velocity.supernet${m}/`)).not.toMatch(/\d\.\d*[1-9]/);
    expect(weightsOf(first, `optimizer.velocity.supernet${supernet}/`)).toMatch(/\d\.\d*[1-9]/);
  });
});

describe('a task that one pooling place solves', () => {
  const task = { units: 4, pictures: 384, epochs: 14 };
  const right = RIGHT_PLACE - 1;

  it('is solved by the network with the pool there, trained alone', async () => {
    const alone = await toyAlone({ ...task, epochs: 10, seed: 1 });
    expect(alone[right]).toBeGreaterThan(0.95);
    for (const [c, accuracy] of alone.entries()) if (c !== right) expect(accuracy).toBeLessThan(0.93);
  });

  it.each([1, 2, 3, 4, 5])('is found by a balanced mixture of two supernets, seed %d', async (seed) => {
    const scores = await toyScores({ ...task, method: 'balanced-mixture', supernets: 2, seed });
    expect(scores.indexOf(Math.max(...scores))).toBe(right);
  });

  it.each(['spos', 'boltzmann', 'mcts-ucb'] as const)('is scored by %s', async (method) => {
    const scores = await toyScores({ ...task, epochs: 8, method, supernets: 1, seed: 1 });
    expect(scores).toHaveLength(3);
    expect(Math.max(...scores)).toBeGreaterThan(0.6);
  });

  it('is scored by darts, as the log probability of each place', async () => {
    const scores = await toyScores({ ...task, pictures: 128, epochs: 4, method: 'darts', supernets: 1, seed: 1 });
    expect(scores).toHaveLength(3);
    expect(scores.every((score) => score < 0)).toBe(true);
  });
});
