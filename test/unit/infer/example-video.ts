import type { ClipPrediction, VideoPrediction } from '../../../src-main/contract/records.ts';
import type { ClipVideo } from '../../../src-main/data/clip-source.ts';

/** A video at 25 frames per second whose every frame shows a face, unless asked otherwise. */
export function exampleVideo(frames: number, changes: Partial<ClipVideo> = {}): ClipVideo {
  return {
    id: 'v1',
    path: 'people/v1.mp4',
    label: 0,
    subject: 'p1',
    runs: frames > 0 ? [{ start: 0, end: frames }] : [],
    timesSec: Float64Array.from({ length: frames }, (_, t) => t / 25),
    durationSec: frames / 25,
    faceCoverage: frames > 0 ? 1 : 0,
    moment: null,
    ...changes,
  };
}

/** One clip a second, each one second long, with these weights. */
export function secondsWithWeights(weights: number[]): ClipPrediction[] {
  return weights.map((weight, p) => ({ startFrame: 25 * p, startSec: p, endSec: p + 1, weight, logits: [0, 0] }));
}

export function examplePrediction(changes: Partial<VideoPrediction> = {}): VideoPrediction {
  return {
    videoId: 'v1',
    path: 'people/v1.mp4',
    label: 'anger',
    probabilities: { anger: 0.75, fear: 0.25 },
    durationSec: 4,
    faceCoverage: 1,
    clips: secondsWithWeights([0.1, 0.7, 0.1, 0.1]),
    heaviest: { startSec: 1, endSec: 2, weight: 0.7 },
    ...changes,
  };
}
