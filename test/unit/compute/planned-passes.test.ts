import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelCard } from '../../../models/index.ts';
import { plannedPasses } from '../../../src-main/compute/planned-passes.ts';
import { queueOnThisMachine, type TrainingPlace } from '../../../src-main/compute/training-executor.ts';
import type { RunManifest } from '../../../src-main/contract/records.ts';
import { parseConfig, resolveConfig } from '../../../src-main/data/config-resolution.ts';
import { modelOptions } from '../../../src-main/data/model-options.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { openEngine, type Engine } from '../../../src-main/engine/select.ts';
import { ArrayClips, toyVideo } from '../../support/toy-training.ts';

const [SIDE, FRAMES] = [24, 8];
const CARD = modelCard('small3d');
const pairs = [`cropSize=${SIDE}`, `clipFrames=${FRAMES}`, 'batch=12', 'epochs=1', 'pooling=average', 'dropout=0'];
const config = resolveConfig(parseConfig({}, [...pairs, 'model=small3d', 'augmentation=none']), CARD);
const network = CARD.create(modelOptions(config, 2));

let engine: Engine;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'apexscope-passes-'));
  engine = await openEngine({ engine: 'wasm', threads: 1 });
});

afterAll(async () => {
  await engine.close();
  await rm(dir, { recursive: true, force: true });
});

/** The open engine, said to have so much memory. */
const withMemory = (memoryLimitBytes: number) => ({ ...engine.info, features: { memoryLimitBytes } });

function placeWith(memoryLimitBytes: number): TrainingPlace {
  const ids = Array.from({ length: 14 }, (_, i) => `video${i}`);
  const rng = new Rng(1);
  const noise = () => Uint8Array.from({ length: FRAMES * SIDE * SIDE * 3 }, () => rng.integer(256));
  const videos = ids.map((id, i) => toyVideo(id, FRAMES, { label: i % 2 }));
  const info = withMemory(memoryLimitBytes);
  const manifest = (name: string): RunManifest => ({
    ...{ name, createdAt: new Date(0).toISOString(), apexscopeVersion: '0', nodeVersion: '0', engine: info, seed: 1 },
    ...{ classes: ['a', 'b'], dataFingerprint: '', subjectDisjoint: true, notes: [] },
    splits: { train: ids.slice(0, 12), val: ids.slice(12), test: [] },
  });
  return {
    ...{ dir, classes: ['a', 'b'], engine: info, manifest, recordsSampling: true },
    clips: new ArrayClips(new Map(ids.map((id) => [id, noise()]))),
    ...{ trainVideos: videos.slice(0, 12), valVideos: videos.slice(12) },
  };
}

const LITTLE = 60e6;

describe('a training of a search or a comparison', () => {
  it('begins in passes that the engine is expected to hold, which its records and its result tell', async () => {
    const planned = plannedPasses(config, network, withMemory(LITTLE)).smallerPasses!;
    expect(planned.videos).toBeLessThan(12);
    const [result] = await queueOnThisMachine(placeWith(LITTLE)).train([{ name: 'little', config }], {});
    expect(result!.passVideos).toBe(planned.videos);
    const records = (await readFile(path.join(dir, 'little', 'metrics.jsonl'), 'utf8')).trim().split('\n');
    expect(JSON.parse(records[0]!)).toMatchObject({
      ...{ kind: 'memory', batch: planned.videos },
      reason: `A pass with the whole batch is expected to need more than the memory of wasm, ${LITTLE} bytes.`,
    });
    expect(result!.steps).toBe(1);
  });

  it('takes whole batches where they fit, and is refused where one video does not', async () => {
    expect(plannedPasses(config, network, withMemory(4e9))).toEqual({});
    const refused = queueOnThisMachine(placeWith(1e6)).train([{ name: 'none', config }], {});
    await expect(refused).rejects.toMatchObject({ code: 'out-of-memory' });
  });
});
