import { expect, test } from 'vitest';
import { judgedData } from '../../../src-main/compute/judged-data.ts';
import { dataFingerprint } from '../../../src-main/data/manifest.ts';
import type { ProjectVideo } from '../../../src-main/store/project.ts';

const splits = { train: ['a'], val: ['b'], test: ['c', 'd', 'e'] };
const videosOf = (labels: Record<string, string | null>) =>
  Object.entries(labels).map(([id, label]) => ({ id, label }) as ProjectVideo);
const all = { a: 'joy', b: 'fear', c: 'joy', d: 'fear', e: 'joy' };
const trained = { splits, dataFingerprint: dataFingerprint(videosOf(all), splits) };
const now = (labels: Record<string, string | null>) =>
  judgedData({ listVideos: () => videosOf(labels) }, trained, 'test');

test('the data of the training is judged without a note, under its fingerprint', () => {
  expect(now(all)).toEqual({ fingerprint: trained.dataFingerprint, notes: [] });
});

test('videos that left, and labels that were withdrawn, are counted beside both fingerprints', () => {
  const { fingerprint, notes } = now({ a: 'joy', b: 'fear', c: 'joy', d: null });
  expect(fingerprint).not.toBe(trained.dataFingerprint);
  expect(notes).toEqual([
    'Not judged, of 3 in the test split: 1 that left the project, 1 without a label now.',
    `The data changed since the run was trained: its fingerprint was ${trained.dataFingerprint.slice(0, 12)}.`,
  ]);
});
