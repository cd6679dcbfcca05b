/**
 * The expression-safe check: how often a frozen network changes its mind about a clip when it is changed. A change that
 * turns one expression into another teaches a network what is wrong.
 */
import type { SafetyFinding, SafetyReport } from '../../contract/learn-augmentation.ts';
import { throwIfAborted } from '../../contract/errors.ts';
import type { JobContext } from '../../contract/progress.ts';
import { clipTensor } from '../../data/batches.ts';
import type { ModelInstance } from '../../data/network-passes.ts';
import { Rng } from '../../data/rng.ts';
import { applyTransformation } from './apply-transformation.ts';
import { answersTo, changedBy, type LabelledClips, type Render } from './frozen-answers.ts';
import { TRANSFORMATION_NAMES, TRANSFORMATIONS, valueAt, type TransformationName } from './transformations.ts';

/** Share of clips above which a change counts as unsafe. */
export const SAFETY_THRESHOLD = 0.25;
const LEVELS = [0.25, 0.5, 0.75, 1];

type Check = { instance: ModelInstance; clips: readonly LabelledClips[]; recipe: Render; seed: number };

/** @throws AppError `aborted` */
export async function expressionSafety(
  { instance, clips, recipe, seed }: Check,
  { signal, onProgress }: JobContext,
): Promise<Omit<SafetyReport, 'judge'>> {
  const rng = new Rng(seed).fork('safety');
  const { predicted } = await answersTo(instance, clips, (batch) => clipTensor(batch, null), rng);
  const shareChanged = async (render: Render, purpose: string) => {
    throwIfAborted(signal);
    const answers = await answersTo(instance, clips, render, rng.fork(purpose));
    return answers.predicted.filter((answer, i) => answer !== predicted[i]).length / predicted.length;
  };
  const transformations: SafetyReport['transformations'] = [];
  for (const name of TRANSFORMATION_NAMES) {
    const strengths: SafetyFinding[] = [];
    for (const level of LEVELS) {
      const render = changedBy((clip, own) => applyTransformation(clip, name, level, own));
      const changed = await shareChanged(render, `${name} ${level}`);
      strengths.push({ level, value: valueAt(name, level), changed });
    }
    transformations.push(findingsOf(name, strengths));
    const detail = `${name}: ${strengths.map(({ changed }) => `${Math.round(100 * changed)} %`).join(', ')} changed`;
    onProgress?.({
      ...{ stage: 'expression-safe check', done: transformations.length, total: TRANSFORMATION_NAMES.length, detail },
    });
  }
  const recipeShare = await shareChanged(recipe, 'recipe');
  return { clips: predicted.length, threshold: SAFETY_THRESHOLD, recipe: recipeShare, transformations };
}

function findingsOf(name: TransformationName, strengths: SafetyFinding[]): SafetyReport['transformations'][number] {
  const { unit, differentiable } = TRANSFORMATIONS[name];
  const firstUnsafe = strengths.findIndex(({ changed }) => changed > SAFETY_THRESHOLD);
  const safe = firstUnsafe < 0 ? strengths : strengths.slice(0, firstUnsafe);
  return { name, unit, differentiable, strengths, safeLevel: safe.at(-1)?.level ?? 0 };
}

/** What to tell of a check: a recipe that the judge does not recognise expressions in. */
export function safetyWarnings({ recipe, threshold, clips }: Omit<SafetyReport, 'judge'>): string[] {
  if (recipe <= threshold) return [];
  const share = `${Math.round(100 * recipe)} % of ${clips} clips`;
  return [`The recipe may change expressions: the network changes its mind on ${share}. Look at augmented clips.`];
}
