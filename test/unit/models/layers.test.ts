import '../../../src-main/engine/gradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { dropout, dropoutMask } from '../../../models/layers.ts';
import { initVariables } from '../../../models/network.ts';
import { assertShape } from '../../../models/shape.ts';
import { Rng } from '../../../src-main/data/rng.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('dropout', () => {
  it('drops its share and keeps the mean', () => {
    const mask = dropoutMask(100_000, 0.3, 7, 0);
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
    expect(mean(mask)).toBeCloseTo(1, 2);
  });

  it('draws masks that are independent between seeds, layers and neighbours', () => {
    const mask = dropoutMask(50_000, 0.5, 7, 0);
    const agreement = (other: Float32Array) => mean(mask.map((value, i) => Number(value === other[i])));
    expect(agreement(dropoutMask(50_000, 0.5, 8, 0))).toBeCloseTo(0.5, 1);
    expect(agreement(dropoutMask(50_000, 0.5, 7, 1))).toBeCloseTo(0.5, 1);
    expect(agreement(Float32Array.from([...mask.slice(1), 0]))).toBeCloseTo(0.5, 1);
  });

  it('has the same first places on every machine', () => {
    expect([...dropoutMask(12, 0.5, 1, 0)]).toEqual([2, 2, 0, 0, 0, 2, 0, 2, 0, 2, 0, 2]);
  });

  it('gives x itself in evaluation and at rate 0', () => {
    const x = tf.ones([2, 3]);
    expect(dropout(x, 0.5, { training: false }, 0)).toBe(x);
    expect(dropout(x, 0, { training: true, seed: 1, bufferUpdates: {} }, 0)).toBe(x);
  });
});

describe('fresh variables', () => {
  it('have the variance that keeps signals alive: 2 / fan in for he, 2 / (fan in + fan out) for glorot', () => {
    const rng = new Rng(1);
    const variables = initVariables(
      {
        he: { shape: [3, 3, 3, 4, 100], start: 'he' },
        glorot: { shape: [200, 100], start: 'glorot' },
        bias: { shape: [5], start: 'zeros' },
        scale: { shape: [5], start: 'ones' },
      },
      () => rng.next(),
    );
    const variance = (name: string) => mean(tf.square(variables[name]!).dataSync() as Float32Array);
    expect(variance('he') / (2 / 108)).toBeCloseTo(1, 1);
    expect(variance('glorot') / (2 / 300)).toBeCloseTo(1, 1);
    expect([...variables['bias']!.dataSync()]).toEqual([0, 0, 0, 0, 0]);
    expect([...variables['scale']!.dataSync()]).toEqual([1, 1, 1, 1, 1]);
  });
});

describe('assertShape', () => {
  it('accepts any size where the pattern has null', () => {
    expect(() => assertShape({ shape: [2, 7] }, [null, 7], 'logits')).not.toThrow();
  });

  it('says what, what was expected and what came', () => {
    const check = () => assertShape({ shape: [2, 16, 64, 64, 3] }, [null, 16, 112, 112, 3], 'c3d input');
    expect(check).toThrow('c3d input: expected [*,16,112,112,3], got [2,16,64,64,3]');
    expect(() => assertShape({ shape: [2] }, [2, 1], 'x')).toThrow('x: expected [2,1], got [2]');
  });
});
