/** What a face does in one video: the expression in its moment, and idle movement all the time. */
import { Rng } from '../data/rng.ts';
import type { FaceState } from './action-units.ts';
import { addMovement, restingFace } from './action-units.ts';
import { clamp01 } from './curves.ts';
import type { Difficulty } from './difficulty.ts';
import { DISTRACTORS, EXPRESSIONS, inStyle } from './expressions.ts';
import type { FrameState } from './frame-state.ts';
import type { SampleClip } from './plan-sample.ts';
import type { Burst } from './wander.ts';
import { burstAt, wander } from './wander.ts';

type Act = { burst: Burst; movement: Partial<FaceState>; strength: number };
type Track = (timeSec: number) => number;

/** The state of the face and the camera as a function of time in seconds. */
export function performClip(clip: SampleClip, difficulty: Difficulty): (timeSec: number) => FrameState {
  const rng = new Rng(clip.seed).fork('performance');
  const acts = [
    ...expressionActs(clip, difficulty, rng.fork('expression')),
    ...idleActs(clip, difficulty, rng.fork('idle')),
  ];
  const talk = talking(clip, difficulty, rng.fork('talk'));
  const blink = blinking(clip, difficulty, rng.fork('blink'));
  const move = headAndCamera(difficulty, rng.fork('head'));
  const rest = inStyle({ lipsPart: 0.12, cornerUp: 0.05, browDown: 0.06, innerBrowUp: 0.06 }, 1, rng.fork('rest'));
  return (timeSec) => {
    const face = restingFace();
    addMovement(face, rest, 1);
    for (const { burst, movement, strength } of acts) addMovement(face, movement, strength * burstAt(burst, timeSec));
    addMovement(face, talk(timeSec), 1);
    return { face, blink: blink(timeSec), ...move(timeSec) };
  };
}

function expressionActs({ label, moment, person, sampleSeed }: SampleClip, difficulty: Difficulty, rng: Rng): Act[] {
  if (label === 'neutral' || !moment) return [];
  const personal = new Rng(sampleSeed).fork(`style ${person} ${label}`);
  const ofPerson = inStyle(EXPRESSIONS[label], difficulty.styleSpread, personal);
  const movement = inStyle(ofPerson, difficulty.styleSpread / 2, rng);
  const onset = rng.range(...difficulty.onsetSec);
  const offset = rng.range(...difficulty.offsetSec);
  const burst = {
    riseSec: moment.startSec - onset / 2,
    fullSec: moment.startSec + onset / 2,
    fallSec: moment.endSec - offset / 2,
    endSec: moment.endSec + offset / 2,
  };
  return [{ burst, movement, strength: rng.range(...difficulty.intensity) }];
}

/** Distractors at random times outside the moment, as many in neutral videos as in others. */
function idleActs(clip: SampleClip, difficulty: Difficulty, rng: Rng): Act[] {
  const count = Math.round(difficulty.distractorsPerSec * clip.durationSec + rng.range(-0.5, 0.5));
  return Array.from({ length: count }, (): Act[] => {
    const length = rng.range(...difficulty.distractorSec);
    const riseSec = freeTime(clip, length, rng);
    if (riseSec === null) return [];
    const burst = {
      riseSec,
      fullSec: riseSec + 0.3 * length,
      fallSec: riseSec + 0.65 * length,
      endSec: riseSec + length,
    };
    return [{ burst, movement: rng.pick(DISTRACTORS), strength: rng.range(...difficulty.distractorStrength) }];
  }).flat();
}

const PLACEMENT_TRIES = 20;

/** A random start of something `length` seconds long that does not touch the moment; null if there is no room. */
function freeTime({ durationSec, moment }: SampleClip, length: number, rng: Rng): number | null {
  for (let i = 0; i < PLACEMENT_TRIES; i++) {
    const start = rng.range(0, durationSec - length);
    if (!moment || start + length < moment.startSec || start > moment.endSec) return start;
  }
  return null;
}

/** One or two bursts of talk in some videos; nobody talks through their expression. */
function talking(clip: SampleClip, difficulty: Difficulty, rng: Rng): (timeSec: number) => Partial<FaceState> {
  if (rng.next() >= difficulty.talkingShare) return () => ({});
  const bursts = talkBursts(clip, difficulty, rng);
  const jaw = wander(rng, 0.22, 5);
  const round = wander(rng, 0.3, 3.5);
  return (timeSec) => {
    const loud = bursts.reduce((sum, burst) => Math.max(sum, burstAt(burst, timeSec)), 0);
    const open = loud * clamp01(0.16 + jaw(timeSec));
    const shape = round(timeSec);
    return {
      jawDrop: open,
      lipsPart: 1.2 * open,
      pucker: loud * clamp01(shape),
      stretch: 0.4 * loud * clamp01(-shape),
    };
  };
}

const TALK_FADE_SEC = 0.1;

function talkBursts(clip: SampleClip, { talkingSec }: Difficulty, rng: Rng): Burst[] {
  return Array.from({ length: 1 + rng.integer(2) }, (): Burst[] => {
    const length = rng.range(...talkingSec);
    const riseSec = freeTime(clip, length, rng);
    if (riseSec === null) return [];
    const endSec = riseSec + length;
    return [{ riseSec, fullSec: riseSec + TALK_FADE_SEC, fallSec: endSec - TALK_FADE_SEC, endSec }];
  }).flat();
}

const BLINK_SEC = 0.22;

function blinking({ durationSec }: SampleClip, { blinksPerSec }: Difficulty, rng: Rng): Track {
  const starts: number[] = [];
  for (let at = rng.range(0, 2 / blinksPerSec); at < durationSec; at += rng.range(0.5, 1.5) / blinksPerSec)
    starts.push(at);
  const bursts = starts.map((start) => ({
    riseSec: start,
    fullSec: start + 0.35 * BLINK_SEC,
    fallSec: start + 0.5 * BLINK_SEC,
    endSec: start + BLINK_SEC,
  }));
  return (timeSec) => Math.max(0, ...bursts.map((burst) => burstAt(burst, timeSec)));
}

function headAndCamera(difficulty: Difficulty, rng: Rng): (timeSec: number) => Omit<FrameState, 'face' | 'blink'> {
  const track = (name: string, deviation: number, rate: number) => wander(rng.fork(name), deviation, rate);
  const facing = rng.range(-1, 1) * difficulty.yaw;
  const yaw = track('yaw', difficulty.yaw, 0.7);
  const pitch = track('pitch', difficulty.pitch, 0.8);
  const roll = track('roll', difficulty.roll, 0.6);
  const [x, y] = [track('x', 0.05, 0.6), track('y', 0.03, 0.6)];
  const [shakeX, shakeY] = [track('shake x', difficulty.shakePixels, 3), track('shake y', difficulty.shakePixels, 3)];
  const exposure = track('exposure', difficulty.lightChange, 0.8);
  const gaze = gazing(rng.fork('gaze'));
  return (timeSec) => ({
    pose: {
      yaw: limited(facing + yaw(timeSec), 0.5),
      pitch: limited(pitch(timeSec), 0.22),
      roll: limited(roll(timeSec), 0.2),
      x: limited(x(timeSec), 0.12),
      y: limited(y(timeSec), 0.08),
    },
    shake: { x: limited(shakeX(timeSec), 4), y: limited(shakeY(timeSec), 4) },
    exposure: 1 + limited(exposure(timeSec), 0.2),
    gaze: gaze(timeSec),
  });
}

/** Eyes rest on one place and jump to another every second or so. */
function gazing(rng: Rng): (timeSec: number) => { x: number; y: number } {
  const places = Array.from({ length: 12 }, () => ({ x: rng.range(-0.06, 0.06), y: rng.range(-0.015, 0.025) }));
  const rate = rng.range(0.6, 1.2);
  return (timeSec) => places[Math.floor(timeSec * rate) % places.length]!;
}

function limited(value: number, bound: number): number {
  return Math.max(-bound, Math.min(bound, value));
}
