import { Rng } from '../data/rng.ts';
import type { Difficulty } from './difficulty.ts';
import { DEFAULT_DIFFICULTY } from './difficulty.ts';
import { performClip } from './performance.ts';
import { drawPerson } from './person.ts';
import type { SampleClip } from './plan-sample.ts';
import { SAMPLE_FPS } from './plan-sample.ts';
import { Portrait } from './portrait.ts';
import { drawSetting } from './setting.ts';

/** Side of a sample video's square picture in pixels. */
export const SAMPLE_SIZE = 192;

export type RenderOptions = {
  /** Side of the square picture in pixels. @default SAMPLE_SIZE */
  size?: number;
  difficulty?: Difficulty;
};

/** Draws a video frame by frame, rgb24, row by row; the same clip gives the same bytes. */
export function* renderClip(clip: SampleClip, options: RenderOptions = {}): Generator<Uint8Array, void, undefined> {
  const { size = SAMPLE_SIZE, difficulty = DEFAULT_DIFFICULTY } = options;
  const rng = new Rng(clip.seed);
  const person = drawPerson(clip.sampleSeed, clip.person);
  const portrait = new Portrait({ person, setting: drawSetting(rng.fork('setting')), rng: rng.fork('portrait'), size });
  const stateAt = performClip(clip, difficulty);
  for (let frame = 0; frame < clip.frameCount; frame++) yield portrait.render(stateAt(frame / SAMPLE_FPS));
}
