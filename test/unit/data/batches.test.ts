import { setBackend } from '@tensorflow/tfjs-core';
import '../../../src-main/engine/gradients.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { clipTensor, readClips } from '../../../src-main/data/batches.ts';
import { readAhead } from '../../../src-main/data/read-ahead.ts';
import { ArrayClips } from '../../support/toy-training.ts';

const frameOf = (value: number) => new Array<number>(2 * 2 * 3).fill(value);
const clips = new ArrayClips(
  new Map([
    ['a', Uint8Array.from([10, 11, 12, 13, 14].flatMap(frameOf))],
    ['b', Uint8Array.from([200, 201].flatMap(frameOf))],
  ]),
);

beforeAll(async () => {
  await setBackend('cpu');
});

describe('clips of a batch', () => {
  it('always have L frames: those asked for, then black', async () => {
    const requests = [
      { videoId: 'a', start: 2, realFrames: 3 },
      { videoId: 'b', start: 0, realFrames: 2 },
    ];
    const { bytes, shape } = await readClips(clips, requests, { frames: 3, size: 2 });
    expect(shape).toEqual([2, 3, 2, 2, 3]);
    expect([...bytes]).toEqual([12, 13, 14, 200, 201, 0].flatMap(frameOf));
  });

  it('are normalised to (v / 255 - 0.5) / 0.25', () => {
    const bytes = Uint8Array.from([0, 51, 255]);
    const tensor = clipTensor({ bytes, shape: [1, 1, 1, 1, 3] }, null);
    const values = Array.from(tensor.dataSync());
    tensor.dispose();
    [-2, -1.2, 2].forEach((expected, i) => expect(values[i]).toBeCloseTo(expected, 6));
  });
});

describe('reading ahead', () => {
  const ticket = (log: string[], name: string) => async () => {
    log.push(`start ${name}`);
    await Promise.resolve();
    return name;
  };

  it('starts the next job before the present result is used, and never more', async () => {
    const log: string[] = [];
    for await (const name of readAhead(['a', 'b', 'c'].map((n) => ticket(log, n)))) log.push(`use ${name}`);
    expect(log).toEqual(['start a', 'start b', 'use a', 'start c', 'use b', 'use c']);
  });

  it('passes a failure to the one who asks for that result, after those before it', async () => {
    const seen: string[] = [];
    const jobs = [ticket([], 'a'), () => Promise.reject(new Error('torn'))];
    const use = async () => {
      for await (const name of readAhead(jobs)) seen.push(name);
    };
    await expect(use()).rejects.toThrow('torn');
    expect(seen).toEqual(['a']);
  });
});
