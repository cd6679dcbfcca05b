/** A project of tiny prepared videos, of which few have a moment and some no label: no video is decoded, no face found. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { CropPackIndex } from '../../src-main/contract/records.ts';
import { Rng } from '../../src-main/data/rng.ts';
import { CropPackWriter } from '../../src-main/store/crop-pack-writer.ts';
import { openProject, type NewVideo } from '../../src-main/store/project.ts';

const SIZE = 16;
const FRAMES = 20;
export const FEW_LABELS_CLASSES = ['anger', 'happiness', 'neutral'];

/** Settings with which a run of it takes seconds. */
export const TINY_RUN = ['cropSize=16', 'clipFrames=4', 'epochs=3', 'batch=4', 'threads=1', 'augmentation=none'];

export type FewLabelsVideo = { name: string; person: number; label: string | null; hasMoment: boolean };

/** Three labelled videos of each of `people` people, the first two with a moment, and one without a label. */
export function fewLabelsVideos(people: number): FewLabelsVideo[] {
  return Array.from({ length: people }, (_, person) => [
    ...FEW_LABELS_CLASSES.map((label) => {
      return { name: `${label}-${person}`, person, label, hasMoment: label !== 'neutral' && person < 2 };
    }),
    { name: `unlabelled-${person}`, person, label: null, hasMoment: false },
  ]).flat();
}

export function fewLabelsId(name: string): string {
  return hashOf(name).slice(0, 16);
}

export async function makeFewLabelsProject(dir: string, people = 6): Promise<void> {
  using project = openProject(dir, { create: true });
  const videos = fewLabelsVideos(people);
  project.addVideos(videos.map((video) => newVideo(dir, video)));
  await mkdir(project.cropsDir, { recursive: true });
  const rng = new Rng(1);
  for (const { name } of videos) await writePack(project.cropsDir, fewLabelsId(name), rng);
}

function newVideo(dir: string, { name, person, label, hasMoment }: FewLabelsVideo): NewVideo {
  return {
    absolutePath: path.join(dir, '..', 'videos', `${name}.mp4`),
    ...{ kind: 'file', label, subject: `person-${person}`, performance: null, declaredSplit: null, attributes: {} },
    ...{ sizeBytes: 1, moment: hasMoment ? { startSec: 0.2, endSec: 0.5 } : null, contentHash: hashOf(name) },
    media: {
      ...{ kind: 'file', codec: 'h264', width: 64, height: 48, rotation: 0, durationSec: FRAMES / 25 },
      ...{ frameCount: FRAMES, averageFps: 25, variableFrameRate: false, startSec: 0 },
    },
    timesSec: Float64Array.from({ length: FRAMES }, (_, t) => t / 25),
    faces: 'auto',
  };
}

async function writePack(folder: string, videoId: string, rng: Rng): Promise<void> {
  const writer = await CropPackWriter.create({ path: path.join(folder, `${videoId}.crops`), size: SIZE, quality: 90 });
  const grey = rng.integer(200);
  for (let f = 0; f < FRAMES; f++) await writer.add(new Uint8Array(SIZE * SIZE * 3).fill(grey + 2 * f));
  const frames: CropPackIndex['frames'] = Array.from({ length: FRAMES }, (_, frame) => ({
    ...{ frame, timeSec: frame / 25, box: null, confidence: 1, origin: 'tracked' },
  }));
  const head = { version: 1, videoId, size: SIZE, recipe: {}, mainPerson: 1 } as const;
  await writer.finish(
    { head: { ...head, faces: 'auto', people: [], coverage: 1, durationSec: FRAMES / 25 }, frames },
    [],
  );
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}
