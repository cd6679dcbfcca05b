import { describe, expect, it } from 'vitest';
import { networkBoxes } from '../../../src-renderer/lib/network-boxes.ts';
import { epochAcross, parameterBands } from '../../../src-renderer/lib/parameter-bands.ts';
import {
  mapCells,
  mapLayout,
  neighbour,
  sharedAccuracy,
  supernetShares,
} from '../../../src-renderer/lib/search-map.ts';
import { trustWords } from '../../../src-renderer/lib/search-words.ts';
import { augmentationFields } from '../../../src-renderer/lib/augmentation-form.ts';
import { searchFields } from '../../../src-renderer/lib/search-form.ts';

describe('the map of configurations', () => {
  const flat = mapLayout([
    [1, 1, 3],
    [1, 2, 2],
    [1, 3, 1],
    [2, 1, 2],
    [2, 2, 1],
    [3, 1, 1],
  ]);

  it('has the first scale in rows and the second in columns', () => {
    expect([flat.rows, flat.columns]).toEqual([
      ['1', '2', '3'],
      ['1', '2', '3'],
    ]);
    expect(flat.places[4]).toEqual({ row: 1, column: 1 });
  });

  it('has space in rows and time in columns where both are pooled', () => {
    const both = mapLayout([
      { space: [1, 2], time: [3] },
      { space: [1, 2], time: [1, 2] },
      { space: [2, 1], time: [3] },
    ]);
    expect([both.rows, both.columns]).toEqual([
      ['1,2', '2,1'],
      ['never', '1'],
    ]);
  });

  it('is walked by arrows and ends at its edges', () => {
    expect(neighbour(flat, 0, { row: 0, column: 1 })).toBe(1);
    expect(neighbour(flat, 0, { row: 1, column: 0 })).toBe(3);
    expect(neighbour(flat, 5, { row: 0, column: 1 })).toBe(5);
    expect(neighbour(flat, 4, { row: -1, column: 0 })).toBe(1);
  });
});

describe('a cell', () => {
  const picture = {
    evaluated: [
      [0.2, 0.5],
      [null, null],
    ],
    running: [
      [0.9, null],
      [0.3, null],
    ],
    counts: [
      [1, 3],
      [0, 2],
    ],
    assignment: [
      [0.5, 0.5],
      [0, 1],
    ],
    ...{ scores: null, scoresAre: null, alone: [] },
  };

  it('has the best of full validation, and the running accuracy before there is any', () => {
    expect([sharedAccuracy(picture, 0), sharedAccuracy(picture, 1)]).toEqual([0.5, 0.3]);
    expect(mapCells(picture, 'accuracy').map(({ text, share }) => [text, share])).toEqual([
      ['50', 1],
      ['30', 0],
    ]);
  });

  it('is the stronger, the surer a configuration goes to one supernet', () => {
    expect(mapCells(picture, 'assignment').map(({ text, share }) => [text, share])).toEqual([
      ['1', 0],
      ['2', 1],
    ]);
  });

  it('counts steps of all supernets', () => {
    expect(mapCells(picture, 'sampling').map(({ text, share }) => [text, share])).toEqual([
      ['4', 1],
      ['2', 0.5],
    ]);
    expect(supernetShares(picture.counts)).toEqual([1 / 6, 5 / 6]);
  });
});

describe('trust', () => {
  const point = { configuration: 0, shared: 0.5, alone: 0.5 };
  const words = (n: number, tau: number | null, chance: number | null) =>
    trustWords({ points: Array.from({ length: n }, () => point), tau, chance }).text;

  it('needs more than a few networks, and more than chance', () => {
    expect(words(1, null, null)).toBe('Not known yet');
    expect(words(4, 1, 0.96)).toBe('Too few networks to tell');
    expect(words(36, 0.142, 0.228)).toBe('Not told from chance');
    expect(words(36, 0.31, 0.228)).toBe('Ranks better than chance');
    expect(words(36, 0.6, 0.228)).toBe('Ranks well');
    expect(words(36, -0.4, 0.228)).toBe('The order is reversed');
  });
});

describe('a network drawn', () => {
  it('is half as high behind a pool of space and half as deep behind one of time', () => {
    const { boxes, said } = networkBoxes(
      [
        { frames: 16, side: 24, channels: 16, pooled: 'space' },
        { frames: 8, side: 12, channels: 16, pooled: 'both' },
      ],
      { frames: 16, side: 48 },
    );
    expect(boxes.map(({ height, halved }) => [height, halved])).toEqual([
      [96, ''],
      [48, 'S'],
      [24, 'S+T'],
    ]);
    expect(boxes[2]!.sizes).toEqual(['12²', '8 f', '16 ch']);
    expect(said).toBe('16 frames of 48×48 become 8 of 12×12; halves space before unit 1, both before unit 2');
  });
});

describe('bands of parameters', () => {
  const changes = {
    parameters: ['shiftX'],
    epochs: [
      { epoch: 1, mean: [0], std: [0.1] },
      { epoch: 2, mean: [0.4], std: [0.1] },
    ],
  };

  it('share a scale whose end is the farthest deviation', () => {
    const [band] = parameterBands(changes);
    expect(band).toMatchObject({ line: 'M0.0 42.0L220.0 8.4', last: '0.400 ± 0.100', zero: 42 });
    expect(band!.band).toBe('M0.0 33.6L220.0 0.0L220.0 16.8L0.0 50.4Z');
    expect([epochAcross(changes, 1), epochAcross(changes, 2)]).toEqual([0, 220]);
  });
});

describe('the forms', () => {
  it('ask only for what the method takes', () => {
    const keys = (fields: { key: string }[]) => fields.map(({ key }) => key);
    expect(keys(searchFields('balanced-mixture'))).toContain('supernets');
    expect(keys(searchFields('brute-force'))).toEqual(['method', 'model', 'aloneEpochs', 'seed']);
    expect(keys(augmentationFields('predefined'))).toEqual(['method', 'model', 'epochs', 'seed']);
    expect(keys(augmentationFields('pba'))).toContain('childEpochs');
  });
});
