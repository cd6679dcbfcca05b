import { centreInside, heaviestClip } from '../../src-main/infer/localisation.ts';
import { decisionFlips, largest } from '../../src-main/infer/gamma-lens.ts';
import type { DecisionFlip } from '../../src-main/infer/gamma-lens.ts';
import { effectiveClips } from '../../src-main/contract/sampling-distribution.ts';
import { gammaText } from './gamma-scale.ts';
import type { InspectedVideo } from './inspected-videos.ts';
import { percentText } from './plain-numbers.ts';

/** One reason to trust a decision or to doubt it, in a sentence. */
export type TrustFact = { tone: 'good' | 'doubt' | 'wrong' | 'plain'; text: string };

const NARROW_MARGIN = 0.15;
const FEW_FACES = 0.8;
/** A flip within this factor of the run's own gamma makes the decision a matter of pooling. */
const NEAR_GAMMA = 4;
/** Stands for gamma where the run pools by the average, and by the maximum. */
const LEAST_GAMMA = 0.1;
const MOST_GAMMA = 20;

/**
 * What speaks for a decision and what against it, the most telling first.
 * @param gamma - the run's own inverse temperature
 */
export function trustFacts(video: InspectedVideo, classes: readonly string[], gamma: number): TrustFact[] {
  const { prediction } = video;
  if (prediction.label === null) return [{ tone: 'wrong', text: prediction.note ?? 'Nothing could be scored.' }];
  const facts = [
    labelFact(video),
    placeFact(video),
    aloneFact(video, classes),
    poolingFact(video, classes, gamma),
    marginFact(video),
    spreadFact(video),
    coverageFact(video),
  ];
  const note: TrustFact[] = prediction.note === undefined ? [] : [{ tone: 'doubt', text: prediction.note }];
  return [...facts.filter((fact) => fact !== null), ...note];
}

/** The verdict over all facts, in three words. */
export function trustVerdict(facts: readonly TrustFact[]): TrustFact {
  const count = (tone: TrustFact['tone']) => facts.filter((fact) => fact.tone === tone).length;
  if (count('wrong') > 0) return { tone: 'wrong', text: 'Against the label' };
  const doubts = count('doubt');
  if (doubts === 0) return { tone: 'good', text: 'Evidence agrees' };
  return { tone: 'doubt', text: doubts === 1 ? 'One doubt' : `${doubts} doubts` };
}

function labelFact({ truth, prediction }: InspectedVideo): TrustFact | null {
  if (truth === null) return null;
  if (truth === prediction.label) return { tone: 'good', text: 'Same as the label.' };
  return { tone: 'wrong', text: `The label says ${truth}.` };
}

function placeFact({ moment, prediction }: InspectedVideo): TrustFact | null {
  if (prediction.heaviest === null)
    return prediction.clips.length > 1
      ? { tone: 'plain', text: 'All clips weigh the same: no moment stands out.' }
      : null;
  if (moment === null) return null;
  return centreInside(prediction.heaviest, moment)
    ? { tone: 'good', text: 'Heaviest clip lies inside the labelled moment.' }
    : { tone: 'doubt', text: 'Heaviest clip lies outside the labelled moment.' };
}

function aloneFact({ prediction }: InspectedVideo, classes: readonly string[]): TrustFact | null {
  const clip = heaviestClip(prediction.clips);
  if (clip === null) return null;
  const shown = classes[largest(clip.logits)]!;
  return shown === prediction.label
    ? { tone: 'good', text: `The heaviest clip alone shows ${shown} too.` }
    : { tone: 'doubt', text: `The heaviest clip alone shows ${shown}.` };
}

function poolingFact({ clipLogits }: InspectedVideo, classes: readonly string[], gamma: number): TrustFact | null {
  if (clipLogits.length < 2) return null;
  const own = Math.min(MOST_GAMMA, Math.max(LEAST_GAMMA, gamma));
  const flips = decisionFlips(clipLogits).filter((flip) => flip.gamma <= MOST_GAMMA);
  if (flips.length === 0) return { tone: 'good', text: 'Same answer from average to γ 20.' };
  const distance = (flip: DecisionFlip) => Math.abs(Math.log(Math.max(flip.gamma, 1e-6) / own));
  const nearest = flips.reduce((best, flip) => (distance(flip) < distance(best) ? flip : best));
  const below = nearest.gamma <= own;
  const other = classes[below ? nearest.from : nearest.to]!;
  const change = `${other} ${below ? 'below' : 'from'} γ ${gammaText(nearest.gamma)}`;
  if (distance(nearest) > Math.log(NEAR_GAMMA))
    return { tone: 'plain', text: `Would be ${change}, far from this run.` };
  return { tone: 'doubt', text: `Depends on pooling: ${change}.` };
}

function marginFact({ prediction }: InspectedVideo): TrustFact | null {
  const [first, second] = Object.entries(prediction.probabilities).sort((a, b) => b[1] - a[1]);
  if (first === undefined || second === undefined || first[1] - second[1] >= NARROW_MARGIN) return null;
  return { tone: 'doubt', text: `Close call: ${second[0]} ${percentText(second[1])}.` };
}

function spreadFact({ prediction }: InspectedVideo): TrustFact | null {
  const { clips } = prediction;
  if (clips.length < 2 || prediction.heaviest === null) return null;
  const effective = effectiveClips(clips.map(({ weight }) => weight));
  if (effective < 0.7 * clips.length) return null;
  return { tone: 'plain', text: 'Weight is spread over the whole video.' };
}

function coverageFact({ prediction }: InspectedVideo): TrustFact | null {
  if (prediction.faceCoverage >= FEW_FACES) return null;
  return { tone: 'doubt', text: `Only ${percentText(prediction.faceCoverage)} of the frames show a face.` };
}
