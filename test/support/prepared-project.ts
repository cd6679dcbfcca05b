/** A project whose crop packs are drawn, not decoded: small enough to train on in a second. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { packPathOf } from '../../src-main/compute/prepare-video.ts';
import type { CropPackIndex } from '../../src-main/contract/records.ts';
import { CropPackWriter } from '../../src-main/store/crop-pack-writer.ts';
import { openProject, type NewVideo } from '../../src-main/store/project.ts';

const PEOPLE = 10;
const FRAMES = 12;
const SIZE = 32;
export const PREPARED_CLASSES = ['bright', 'dark'];

/** So many people with two videos each: one grows bright over a face-like spot, one dark. Adds those that are not there. */
export async function makePreparedProject(dir: string, people = PEOPLE): Promise<void> {
  using project = openProject(dir, { create: true });
  await mkdir(project.cropsDir, { recursive: true });
  const videos = Array.from({ length: people }, (_, person) =>
    PREPARED_CLASSES.map((label) => ({ label, person, name: `p${person}-${label}` })),
  ).flat();
  project.addVideos(videos.map(({ label, person, name }) => newVideo(dir, name, { label, subject: `p${person}` })));
  for (const { label, person, name } of videos) {
    const id = hashOf(name).slice(0, 16);
    const writer = await CropPackWriter.create({ path: packPathOf(project.cropsDir, id), size: SIZE, quality: 95 });
    for (let t = 0; t < FRAMES; t++) await writer.add(frameOf(label, person, t));
    const { frames, ...head } = indexOf(id);
    await writer.finish({ head, frames }, []);
  }
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/** u8 [h,w,3]: a grey that differs by person, with a spot that changes. */
function frameOf(label: string, person: number, t: number): Uint8Array {
  const step = label === 'bright' ? 8 : -8;
  const pixels = new Uint8Array(SIZE * SIZE * 3);
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++) {
      const inside = Math.hypot(x - 12 - person / 2, y - 16) < 6;
      const value = 96 + 3 * person + (inside ? step * t : 0);
      pixels.fill(value, 3 * (y * SIZE + x), 3 * (y * SIZE + x) + 3);
    }
  return pixels;
}

function indexOf(videoId: string): CropPackIndex {
  return {
    ...{ version: 1, videoId, size: SIZE, recipe: {}, faces: 'auto', people: [], mainPerson: 1, coverage: 1 },
    durationSec: FRAMES / 25,
    frames: Array.from({ length: FRAMES }, (_, frame) => ({
      ...{ frame, timeSec: frame / 25, box: null, confidence: 1, origin: 'tracked' as const },
    })),
  };
}

function newVideo(dir: string, name: string, { label, subject }: { label: string; subject: string }): NewVideo {
  return {
    absolutePath: path.join(dir, '..', 'videos', `${name}.mp4`),
    ...{ kind: 'file', label, subject, performance: null, declaredSplit: null, moment: null, attributes: {} },
    ...{ sizeBytes: 1, contentHash: hashOf(name), faces: 'auto' },
    media: {
      ...{ kind: 'file', codec: 'h264', width: 64, height: 48, rotation: 0, durationSec: FRAMES / 25 },
      ...{ frameCount: FRAMES, averageFps: 25, variableFrameRate: false, startSec: 0 },
    },
    timesSec: Float64Array.from({ length: FRAMES }, (_, t) => t / 25),
  };
}
