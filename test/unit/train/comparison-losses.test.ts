import '../../../src-main/engine/gradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelCard } from '../../../models/index.ts';
import { clipPositions } from '../../../src-main/data/clip-positions.ts';
import { readClips } from '../../../src-main/data/batches.ts';
import { parseConfig } from '../../../src-main/data/config-resolution.ts';
import type { ModelInstance } from '../../../src-main/data/network-passes.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { drawnClipsGradient } from '../../../src-main/train/gradients.ts';
import { drawnClipsLoss, drawOf } from '../../../src-main/train/temporal-weights/drawn-clips.ts';
import { jointSoftmaxPooling } from '../../../src-main/train/temporal-weights/joint-softmax.ts';
import { temporalWeights } from '../../../src-main/train/temporal-weights/methods.ts';
import { ownProbabilityLoss } from '../../../src-main/train/temporal-weights/own-probability.ts';
import { trainRun } from '../../../src-main/train/training-loop.ts';
import { ArrayClips, linearCard, MemorySink, momentData, toyConfig } from '../../support/toy-training.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('loss of clips by their own probability', () => {
  const LOGITS = [[[2, 0], [0, 1], [-1, 1]]]; // prettier-ignore

  it('is the mean of the cross-entropies, weighed by the probabilities of the label', () => {
    const { loss } = ownProbabilityLoss(tf.tensor3d(LOGITS), [0]);
    const p = LOGITS[0]!.map(([a, b]) => Math.exp(a!) / (Math.exp(a!) + Math.exp(b!)));
    const expected = p.reduce((sum, one) => sum - one * Math.log(one), 0) / p.reduce((sum, one) => sum + one, 0);
    expect(loss.dataSync()[0]).toBeCloseTo(expected, 6);
  });

  it('has the gradient of its weights held still', () => {
    const logits = tf.tensor3d(LOGITS);
    const gradient = tf.grad((x: tf.Tensor) => tf.sum(ownProbabilityLoss(x as tf.Tensor3D, [0]).objective))(logits);
    const p = LOGITS[0]!.map(([a, b]) => Math.exp(a!) / (Math.exp(a!) + Math.exp(b!)));
    const total = p.reduce((sum, one) => sum + one, 0);
    const expected = p.flatMap((one) => [(one / total) * (one - 1), (one / total) * (1 - one)]);
    Array.from(gradient.dataSync()).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
  });

  it('is the plain cross-entropy for one clip', () => {
    const { loss } = ownProbabilityLoss(tf.tensor3d([[[1, 3]]]), [0]);
    expect(loss.dataSync()[0]).toBeCloseTo(Math.log(1 + Math.exp(2)), 6);
  });

  it('leaves no tensor behind but the loss', () => {
    const logits = tf.tensor3d(LOGITS);
    const before = tf.memory().numTensors;
    ownProbabilityLoss(logits, [0]).loss.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is that of the model c3d-weighted with any method that it takes, and of no other model', () => {
    const choice = { epoch: 1, draws: [drawOf({ id: 'v', label: 0, positions: clipPositions(video, 4) }, [0, 1, 2])] };
    const lossWith = (pairs: string[]) => {
      const problem = temporalWeights(toyConfig(pairs));
      return problem.innerLoss(() => tf.tensor3d(LOGITS), problem.initial([]), choice).loss.dataSync()[0]!;
    };
    const weighted = ownProbabilityLoss(tf.tensor3d(LOGITS), [0]).loss.dataSync()[0]!;
    for (const pooling of ['softmax', 'max', 'joint-softmax'])
      expect(lossWith(['model=c3d-weighted', `pooling=${pooling}`])).toBeCloseTo(weighted, 6);
    expect(lossWith(['model=c3d-weighted', 'pooling=average', 'clipsPerVideo=3'])).toBeCloseTo(weighted, 6);
    expect(lossWith(['model=c3d', 'pooling=average', 'clipsPerVideo=3'])).not.toBeCloseTo(weighted, 2);
  });
});

const video = { runs: [{ start: 0, end: 9 }] };

describe('joint softmax of drawn clips', () => {
  const ref = { id: 'v', label: 1, positions: clipPositions(video, 1) };
  const draw = (drawnClips: number, seed: number) => {
    const problem = jointSoftmaxPooling({ jointSoftmax: { drawnClips } });
    return problem.draw(null, { epoch: 1, videos: [ref] }, new Rng(seed)).draws[0]!.cells;
  };

  it('draws none twice, in order, and others in another epoch', () => {
    const cells = draw(5, 1);
    expect(new Set(cells).size).toBe(5);
    expect([...cells].sort((a, b) => a - b)).toEqual([...cells]);
    expect(draw(5, 2)).not.toEqual(cells);
  });

  it('gives some twice where a video has fewer', () => {
    expect(draw(20, 1)).toHaveLength(20);
  });

  it('draws every clip of a video evenly often', () => {
    const counts = new Array<number>(9).fill(0);
    for (let seed = 0; seed < 900; seed++) for (const cell of draw(3, seed)) counts[cell]!++;
    // 300 expected, a deviation of 14.
    counts.forEach((count) => expect(Math.abs(count - 300)).toBeLessThan(60));
  });

  it('trains, and pools whole videos as it pools drawn clips', async () => {
    const data = momentData(3, { train: 12, val: 6, frames: 16 });
    const config = toyConfig(['pooling=joint-softmax', 'jointSoftmax.drawnClips=4', 'epochs=12']);
    const sink = new MemorySink();
    const { best } = await trainRun({ ...data, config, card: linearCard, sink });
    expect(best.valLoss).toBeLessThan(sink.epochs[0]!.valLoss);
    const logits = tf.tensor3d([[[1, 2], [3, 0]]]); // prettier-ignore
    const pooled = temporalWeights(config).poolVideo(logits).arraySync()[0]!;
    expect(pooled[0]).toBeCloseTo(Math.log(Math.exp(1) + Math.exp(3)), 5);
  });
});

describe('penalty of a network', () => {
  const SIZE = 16;
  const instanceOf = (penalty: number): ModelInstance => {
    const card = modelCard('spatial-attention');
    const attention = { blocks: 2, hops: 2, penalty };
    const model = card.create({ classes: 3, cropSize: SIZE, clipFrames: 1, dropout: 0, width: 1 / 32, attention });
    const rng = new Rng(7);
    return { card, model, variables: model.init(() => rng.next()) };
  };
  const rng = new Rng(1);
  const clips = new ArrayClips(
    new Map([['v', Uint8Array.from({ length: 6 * SIZE * SIZE * 3 }, () => rng.integer(256))]]),
  );

  async function gradientsAt(penalty: number) {
    const instance = instanceOf(penalty);
    const positions = clipPositions({ runs: [{ start: 0, end: 6 }] }, 1);
    const choice = { epoch: 1, draws: [drawOf({ id: 'v', label: 1, positions }, [0, 3, 5])] };
    const requests = [0, 3, 5].map((start) => ({ videoId: 'v', start, realFrames: 1 }));
    const batch = await readClips(clips, requests, { frames: 1, size: SIZE });
    const drawn = { choice, batch, augmentations: null, dropoutSeed: 1, scales: [0.5] };
    const { grads, seen } = await drawnClipsGradient(instance, drawn, (forward) => drawnClipsLoss(forward, choice));
    const values = grads['attention.kernel']!.dataSync();
    tf.dispose([grads, instance.variables.params]);
    return { values, loss: seen.losses[0]! };
  }

  it('adds its gradient in proportion to C, and nothing to the loss that is reported', async () => {
    const before = tf.memory().numTensors;
    const [none, one, two] = [await gradientsAt(0), await gradientsAt(1), await gradientsAt(2)];
    expect(tf.memory().numTensors).toBe(before);
    expect(one.loss).toBe(none.loss);
    const added = Array.from(one.values, (value, i) => value - none.values[i]!);
    expect(Math.max(...added.map(Math.abs))).toBeGreaterThan(1e-3);
    added.forEach((value, i) => expect(two.values[i]! - none.values[i]!).toBeCloseTo(2 * value, 4));
  });
});

describe('settings of the comparison systems', () => {
  it.each([
    [
      ['model=c3d-lstm', 'pooling=average'],
      'c3d-lstm reads all clips of a video in order, and average draws single ones',
    ],
    [['model=c3d-lstm'], 'stochastic-softmax draws single ones'],
    [['model=c3d-lstm', 'pooling=joint-softmax', 'jointSoftmax.drawnClips=8'], 'joint-softmax draws single ones'],
    [['model=c3d-weighted'], 'stochastic-softmax draws one at a time'],
    [['model=c3d-weighted', 'pooling=reinforce', 'clipsPerVideo=2'], 'reinforce has weights of its own'],
    [['model=c3d-weighted', 'pooling=average', 'clipsPerVideo=2', 'labels=semi-weak'], 'has a loss of its own'],
    [['modelWidth=0.5'], 'modelWidth: the size of small3d is fixed'],
    [['model=r3d18', 'frameNorm=true'], 'frameNorm: the size of r3d18 is fixed'],
  ])('%s are refused with the reason', (pairs, reason) => {
    expect(() => parseConfig({}, pairs)).toThrow(reason);
  });

  it.each([
    ['model=c3d-lstm', 'pooling=softmax', 'gamma=0'],
    ['model=c3d-weighted', 'pooling=stochastic-softmax', 'clipsPerVideo=2'],
    ['model=c3d-weighted', 'pooling=max', 'modelWidth=0.25', 'frameNorm=true'],
    ['model=spatial-attention', 'pooling=reinforce'],
  ])('%s %s %s are taken', (...pairs) => {
    expect(() => parseConfig({}, pairs)).not.toThrow();
  });

  it('a clip of spatial-attention is one frame unless asked otherwise', () => {
    expect(modelCard('spatial-attention').clipFrames).toBe(1);
  });
});
