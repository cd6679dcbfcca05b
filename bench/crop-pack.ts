/**
 * Crops a second out of a crop pack of a real face, 16 frames at a random place as training asks for them, and the
 * size of a pack. `decoded` reads from the file each time, `cached` out of memory after the first epoch.
 *
 *   node bench/crop-pack.ts [--rounds 7] [--save]
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { packPathOf } from '../src-main/compute/prepare-video.ts';
import { prepareVideos } from '../src-main/compute/prepare.ts';
import { Rng } from '../src-main/data/rng.ts';
import { openCropPack } from '../src-main/store/crop-pack-reader.ts';
import { PackClipSource } from '../src-main/store/pack-clip-source.ts';
import { makeVideo, requestFor, type Fixture } from '../test/unit/compute/prepare-fixtures.ts';
import { CLOSE, FURTHER, panOver, readPhoto } from '../test/unit/face/photo-clip.ts';
import { publishResult } from './save-result.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, save: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);

const FRAMES = 300;
const CLIP = 16;
const CLIPS = 64;
/** Clips asked for at one time, as a batch is. */
const BATCH = 8;

type Read = (start: number, count: number) => Promise<Uint8Array>;

const median = (numbers: number[]) => numbers.toSorted((one, other) => one - other)[numbers.length >> 1]!;

/** @returns crops a second in each round */
async function measure(read: Read): Promise<number[]> {
  const rng = new Rng(1);
  const speeds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const from = performance.now();
    for (let clip = 0; clip < CLIPS; clip += BATCH)
      await Promise.all(Array.from({ length: BATCH }, () => read(rng.integer(FRAMES - CLIP), CLIP)));
    speeds.push((CLIPS * CLIP * 1000) / (performance.now() - from));
  }
  return speeds;
}

function figures(speeds: number[]) {
  const rounded = speeds.map(Math.round);
  return { cropsPerSecond: Math.round(median(speeds)), rounds: rounded };
}

async function prepare(video: Fixture, crops: string) {
  const cpuBefore = process.cpuUsage();
  const { seconds } = await prepareVideos(requestFor([video], crops));
  const { user, system } = process.cpuUsage(cpuBefore);
  return { seconds, processSeconds: (user + system) / 1e6, framesPerSecond: FRAMES / seconds };
}

const folder = await mkdtemp(path.join(tmpdir(), 'apexscope-bench-'));
try {
  const photo = await readPhoto(6);
  const video = await makeVideo(folder, 'bench', panOver(photo, { from: CLOSE, to: FURTHER }, FRAMES, 360));
  const preparing = await prepare(video, folder);
  const { pack } = await openCropPack(packPathOf(folder, video.id));
  const { size: bytes } = await stat(pack.path);
  const frames = (start: number, count: number) => Array.from({ length: count }, (_, i) => start + i);
  const packPath = (id: string) => packPathOf(folder, id);
  const cached = new PackClipSource({ packPath });
  const uncached = new PackClipSource({ packPath, cacheBytes: 0 });
  await cached.readFrames(video.id, 0, FRAMES, 64);
  await publishResult(
    'crop-pack',
    {
      cores: availableParallelism(),
      pack: { frames: FRAMES, cropSize: pack.size, bytes, bytesPerFrame: Math.round(bytes / FRAMES) },
      preparing,
      readCrops128: figures(await measure((start, count) => pack.readCrops(frames(start, count)))),
      readCrops64: figures(await measure((start, count) => pack.readCrops(frames(start, count), 64))),
      clips64Decoded: figures(await measure((start, count) => uncached.readFrames(video.id, start, count, 64))),
      clips64Cached: figures(await measure((start, count) => cached.readFrames(video.id, start, count, 64))),
      sequential128: figures(await measure((start) => pack.readCrops(frames(start - (start % CLIP), CLIP)))),
    },
    values.save,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
