import '../../../src-main/engine/gradients.ts';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { POOLING_NAMES } from '../../../src-main/contract/config.ts';
import { trainRun } from '../../../src-main/train/training-loop.ts';
import type { TrainingRun } from '../../../src-main/train/training-state.ts';
import { linearCard, MemorySink, momentData, toyConfig, toyVideo } from '../../support/toy-training.ts';

/** Softmax from the third epoch on. */
const QUICK_PHASES = ['stochasticSoftmax.warmupEpochs=1', 'stochasticSoftmax.explorationEpochs=1'];

const data = momentData(1, { train: 14, val: 5, frames: 16 });

beforeAll(async () => {
  await setBackend('cpu');
});

async function train(pairs: readonly string[], rest: Partial<TrainingRun> = {}) {
  const sink = new MemorySink();
  const run = { config: toyConfig(pairs), ...data, card: linearCard, sink, ...rest };
  const result = await trainRun(run);
  return { result, sink };
}

describe('gamma 0', () => {
  const all = ['augmentation=standard', 'dropout=0.2', 'epochs=4', 'gamma=0', ...QUICK_PHASES];

  it.each(['stochastic-softmax', 'weighted-uniform', 'reinforce'])(
    'makes %s the run of average pooling, number for number',
    async (pooling) => {
      for (const k of [1, 3]) {
        const baseline = await train([...all, `clipsPerVideo=${k}`, 'pooling=average']);
        const other = await train([...all, `clipsPerVideo=${k}`, `pooling=${pooling}`]);
        expect(other.sink.numbers).toEqual(baseline.sink.numbers);
        expect(other.sink.sampling.map(({ starts }) => starts)).toEqual(
          baseline.sink.sampling.map(({ starts }) => starts),
        );
        expect(other.sink.checkpoints.get('best')!.tensors).toEqual(baseline.sink.checkpoints.get('best')!.tensors);
      }
    },
  );

  it('is left as soon as gamma is not 0', async () => {
    const baseline = await train(['epochs=11', 'pooling=average']);
    const other = await train(['epochs=11', 'pooling=stochastic-softmax', 'gamma=0.5']);
    expect(other.sink.numbers).not.toEqual(baseline.sink.numbers);
  });
});

describe.each(POOLING_NAMES)('%s', (pooling) => {
  const pairs = [`pooling=${pooling}`, 'epochs=4', 'augmentation=standard', ...QUICK_PHASES];

  it('repeats exactly with the same seed, differs with another, and leaks no tensor', async () => {
    const before = memory().numTensors;
    const [one, same, other] = [await train(pairs), await train(pairs), await train([...pairs, 'seed=2'])];
    expect(memory().numTensors).toBe(before);
    expect(same.sink.numbers).toEqual(one.sink.numbers);
    expect(same.sink.sampling).toEqual(one.sink.sampling);
    expect(same.sink.checkpoints).toEqual(one.sink.checkpoints);
    expect(other.sink.numbers).not.toEqual(one.sink.numbers);
  });

  it('trains on every video in every epoch and reads validation videos only to validate, once each', async () => {
    data.clips.reads.length = 0;
    const { sink } = await train(pairs);
    const valReads = data.clips.reads.filter(({ videoId }) => videoId.startsWith('val'));
    expect(valReads.map(({ count }) => count)).toEqual(new Array(4 * data.valVideos.length).fill(16));
    for (let epoch = 1; epoch <= 4; epoch++) {
      const drawn = sink.sampling.filter((record) => record.epoch === epoch).map(({ videoId }) => videoId);
      expect(drawn.toSorted()).toEqual(data.trainVideos.map(({ id }) => id).toSorted());
    }
  });
});

describe('records', () => {
  it('of a step and an epoch say what happened, best being the lowest validation loss so far', async () => {
    const { sink, result } = await train(['epochs=10', 'batch=5']);
    const steps = sink.metrics.filter((record) => record.kind === 'step');
    expect(steps.map(({ step }) => step)).toEqual(steps.map((_, i) => i + 1));
    expect(steps).toHaveLength(3 * 10);
    expect(sink.epochs.map(({ phase }) => phase)).toEqual([
      ...new Array<string>(3).fill('warm-up'),
      ...new Array<string>(5).fill('exploration'),
      'softmax',
      'softmax',
    ]);
    const losses = sink.epochs.map(({ valLoss }) => valLoss);
    expect(sink.epochs.map(({ best }) => best)).toEqual(
      losses.map((loss, i) => loss < Math.min(Infinity, ...losses.slice(0, i))),
    );
    expect(result.best.valLoss).toBe(Math.min(...losses));
    expect(result.best.epoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
  });

  it('of sampling hold starts inside the video', async () => {
    const { sink } = await train(['epochs=10', 'clipsPerVideo=2']);
    for (const { starts } of sink.sampling) {
      expect(starts).toHaveLength(2);
      for (const start of starts) expect(start >= 0 && start <= 16 - 4).toBe(true);
    }
  });
});

describe('steps', () => {
  const exactly = ['pooling=softmax', 'optimizer=sgd', 'epochs=1', 'weightDecay=0', 'learningRate=0.1'];
  const kernelAfter = async (pairs: readonly string[]) => {
    const { sink } = await train([...exactly, ...pairs]);
    return sink.checkpoints.get('last')!.tensors['logits.kernel']!.data;
  };

  it('of accumulated batches are those of one large batch', async () => {
    const large = await kernelAfter(['batch=14']);
    const accumulated = await kernelAfter(['batch=4', 'accumulate=4']);
    accumulated.forEach((value, i) => expect(value).toBeCloseTo(large[i]!, 5));
  });

  it('give each class the same say under class weights', async () => {
    const few = data.trainVideos.filter(({ label }, i) => label !== 2 || i < 5);
    const weighted = await train([...exactly, 'batch=20', 'balance=class-weights'], { trainVideos: few });
    const plain = await train([...exactly, 'batch=20'], { trainVideos: few });
    const biasOf = ({ sink }: typeof plain) => sink.checkpoints.get('last')!.tensors['logits.bias']!.data[2]!;
    expect(biasOf(weighted)).toBeGreaterThan(biasOf(plain));
  });

  it('see small classes more often under balanced sampling, and still every video', async () => {
    const few = data.trainVideos.filter(({ label }, i) => label !== 2 || i < 5);
    const { sink } = await train(['balance=sampling', 'epochs=1'], { trainVideos: few });
    const counts = [0, 0, 0];
    for (const { videoId } of sink.sampling) counts[few.find(({ id }) => id === videoId)!.label!]!++;
    expect(new Set(counts).size).toBe(1);
    expect(new Set(sink.sampling.map(({ videoId }) => videoId)).size).toBe(few.length);
  });

  it('leave a frozen backbone as it is', async () => {
    const frozen = {
      ...linearCard,
      create: (o: Parameters<typeof linearCard.create>[0]) => ({
        ...linearCard.create(o),
        headParams: ['logits.bias'],
      }),
    };
    const { sink } = await train(['epochs=1', 'backboneFactor=0'], { card: frozen });
    const start = await train(['epochs=1', 'backboneFactor=0', 'learningRate=1e-9'], { card: frozen });
    const of = (s: MemorySink, name: string) => s.checkpoints.get('last')!.tensors[name]!.data;
    expect(of(sink, 'logits.kernel')).toEqual(of(start.sink, 'logits.kernel'));
    expect(of(sink, 'logits.bias')).not.toEqual(of(start.sink, 'logits.bias'));
  });
});

describe('a run', () => {
  it('stops after `patience` epochs without a better validation loss', async () => {
    const { result, sink } = await train(['epochs=60', 'patience=2', 'learningRate=0.5', 'schedule=constant']);
    expect(result.stopped).toBe('early');
    expect(sink.epochs).toHaveLength(result.best.epoch + 2);
  });

  it('says so when it diverges, and leaks nothing then', async () => {
    const before = memory().numTensors;
    const diverging = train(['optimizer=sgd', 'learningRate=1e30', 'epochs=5']);
    await expect(diverging).rejects.toMatchObject({ code: 'diverged', message: /diverged in epoch/ });
    expect(memory().numTensors).toBe(before);
  });

  it.each(['stochastic-softmax', 'softmax'])(
    'ends with the error of a picture that cannot be read, without a leak: %s',
    async (pooling) => {
      const before = memory().numTensors;
      let reads = 0;
      const readFrames = (...args: Parameters<typeof data.clips.readFrames>) =>
        ++reads > 20 ? Promise.reject(new Error('torn pack')) : data.clips.readFrames(...args);
      await expect(train([`pooling=${pooling}`], { clips: { readFrames } })).rejects.toThrow('torn pack');
      expect(memory().numTensors).toBe(before);
    },
  );

  it('leaves out training videos without a face and counts validation videos without one as wrong', async () => {
    const blind = toyVideo('blind', 0, { runs: [], label: 1 });
    const { sink } = await train(['epochs=1'], {
      trainVideos: [...data.trainVideos, blind],
      valVideos: [...data.valVideos, blind],
    });
    expect(sink.sampling.some(({ videoId }) => videoId === 'blind')).toBe(false);
    expect(sink.epochs[0]!.valWar * 6).toBeCloseTo(Math.round(sink.epochs[0]!.valWar * 6), 9);
  });

  it('is refused where there is nothing to train or validate on', async () => {
    const blind = [toyVideo('blind', 0, { runs: [] })];
    await expect(train([], { trainVideos: blind })).rejects.toMatchObject({ code: 'bad-input' });
    await expect(train([], { valVideos: blind })).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('draws only clips centred in the labelled moment where it is asked to', async () => {
    const { sink } = await train(['labels=moments', 'epochs=4']);
    for (const { videoId, starts } of sink.sampling) {
      const { moment, timesSec } = data.trainVideos.find(({ id }) => id === videoId)!;
      const centre = timesSec[starts[0]! + 1]!;
      expect(centre >= moment!.startSec && centre <= moment!.endSec).toBe(true);
    }
  });
});
