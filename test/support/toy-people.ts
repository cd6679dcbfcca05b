import type { ClipVideo } from '../../src-main/data/clip-source.ts';
import { Rng } from '../../src-main/data/rng.ts';
import { ArrayClips, TOY_SIZE, toyVideo, type ToyData } from './toy-training.ts';

const FEATURES = TOY_SIZE * TOY_SIZE * 3;
const CLASSES = ['a', 'b', 'c'];
/** Grey levels by which a class, another class where nothing shows, a person and a frame move each value. */
const GAIN = { shown: 30, decoy: 18, person: 35, noise: 12 };

/**
 * Videos of a person each, who looks like no other in every frame; in a quarter of the frames, in one stretch at a random
 * place, the pattern of the class shows, in the others that of another class more faintly. Few people do not tell
 * what is of the class and what of the person.
 */
export function peopleData(
  seed: number,
  { train, val, frames }: { train: number; val: number; frames: number },
): ToyData {
  const rng = new Rng(seed);
  const pictures = new Map<string, Uint8Array>();
  const make = (id: string, index: number): ClipVideo => {
    const label = index % CLASSES.length;
    const length = frames / 4;
    const start = rng.integer(frames - length + 1);
    const decoy = (label + 1 + rng.integer(2)) % CLASSES.length;
    const person = appearance(rng);
    const bytes = Array.from({ length: frames }, (_, t) => {
      const shows = t >= start && t < start + length;
      const change = shows ? patternOf(label, GAIN.shown) : patternOf(decoy, GAIN.decoy);
      return person.map((own, i) => clamp(128 + own + change[i]! + GAIN.noise * rng.normal()));
    });
    pictures.set(id, Uint8Array.from(bytes.flat()));
    return toyVideo(id, frames, { label, moment: { startSec: start / 25, endSec: (start + length - 1) / 25 } });
  };
  const trainVideos = Array.from({ length: train }, (_, i) => make(`train${i}`, i));
  const valVideos = Array.from({ length: val }, (_, i) => make(`val${i}`, i));
  return { trainVideos, valVideos, clips: new ArrayClips(pictures), classes: CLASSES };
}

/** Random values that say nothing of any class: those that a pattern moves together sum to 0. */
function appearance(rng: Rng): number[] {
  const values = Array.from({ length: FEATURES }, () => GAIN.person * rng.normal());
  const ofClass = CLASSES.map((_, k) => values.filter((_value, i) => i % CLASSES.length === k));
  const means = ofClass.map((group) => group.reduce((sum, value) => sum + value, 0) / group.length);
  return values.map((value, i) => value - means[i % CLASSES.length]!);
}

function patternOf(label: number, gain: number): number[] {
  return Array.from({ length: FEATURES }, (_, i) => (i % CLASSES.length === label ? gain : -gain));
}

function clamp(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}
