/**
 * Fast AutoAugment (Lim et al. 2019; algorithms.md 3.6): density matching. A network is trained without augmentation on part
 * of a fold, policies are tried on the other part of it without any training, the best of all folds are merged. Random
 * search in place of TPE, two folds in place of five.
 */
import { z } from 'zod';
import { throwIfAborted } from '../../contract/errors.ts';
import type { JobContext } from '../../contract/progress.ts';
import type { ClipVideo } from '../../data/clip-source.ts';
import { divideByClass } from '../../data/image-set.ts';
import type { ModelInstance } from '../../data/network-passes.ts';
import { Rng } from '../../data/rng.ts';
import {
  answersTo,
  changedBy,
  middleClips,
  type Answers,
  type LabelledClips,
} from '../../train/augmentation/frozen-answers.ts';
import { randomSubpolicies } from '../../train/augmentation/policy-space.ts';
import { applyAll, subpolicySchema, type Subpolicy } from '../../train/augmentation/policy.ts';
import { withBestNetwork } from '../best-network.ts';
import { finalTraining, trainTasks, type AugmentationSearch, type Finder } from './search.ts';
import { readJson, writeJson } from '../search-pooling/folder.ts';
import type { TrainingPlace } from '../training-executor.ts';

const FOLDS = 2;
/** Part of a fold that policies are tried on [FAA]. */
const HELD_OUT = 0.4;
const POLICIES = 40;
/** Policies of a fold that are kept [FAA]. */
const KEPT = 10;
/** Clips that policies are tried on. */
const MOST_CLIPS = 48;

const triedSchema = z.strictObject({
  seconds: z.number(),
  /** `accuracy` and `loss`: means over clips of the best over the sub-policies of each. */
  policies: z.array(z.strictObject({ subpolicies: z.array(subpolicySchema), accuracy: z.number(), loss: z.number() })),
});
type Tried = z.infer<typeof triedSchema>;

export const fastAutoAugment: Finder = async (search, job) => {
  const kept: Subpolicy[] = [];
  for (let fold = 1; fold <= FOLDS; fold++) kept.push(...(await bestOfFold(search, fold, job)));
  const { method } = search.options;
  const policy = { draws: 'one-of' as const, subpolicies: kept };
  return finalTraining(search, { version: 1, method, kind: 'policy', flip: search.config.augment.flip, policy }, job);
};

async function bestOfFold(search: AugmentationSearch, fold: number, job: JobContext): Promise<Subpolicy[]> {
  const { folder, config, spent } = search;
  const rng = new Rng(config.seed).fork(`fold ${fold}`);
  const [held, part] = divideByClass(search.place.trainVideos, HELD_OUT, rng.fork('part'));
  const place = { ...search.place, trainVideos: part, valVideos: held, outerVideos: held };
  const name = `fold-${fold}`;
  const recipe = { version: 1, method: search.options.method, kind: 'none' } as const;
  await trainTasks({ ...search, place }, [{ name, config, recipe }], job);
  const file = `policies-${fold}.json`;
  const stored = await readJson(folder, file);
  const tried =
    stored === null ? await tryPolicies({ search, place, held, name }, rng, job) : triedSchema.parse(stored);
  if (stored === null) await writeJson(folder, file, tried);
  spent.seconds += tried.seconds;
  return tried.policies
    .sort((one, other) => other.accuracy - one.accuracy || one.loss - other.loss)
    .slice(0, KEPT)
    .flatMap(({ subpolicies }) => subpolicies);
}

type Fold = { search: AugmentationSearch; place: TrainingPlace; held: readonly ClipVideo[]; name: string };

async function tryPolicies({ search, place, held, name }: Fold, rng: Rng, job: JobContext): Promise<Tried> {
  const startMs = performance.now();
  const { trials = POLICIES } = search.options;
  const policies = await withBestNetwork(name, place, async (instance) => {
    const clips = await middleClips(held, place.clips, search.config, MOST_CLIPS);
    const found: Tried['policies'] = [];
    for (let i = 0; i < trials; i++) {
      throwIfAborted(job.signal);
      const subpolicies = randomSubpolicies(rng);
      found.push({ subpolicies, ...(await densityScore(instance, clips, subpolicies, rng.fork(`try ${i}`))) });
      job.onProgress?.({ stage: `try policies on ${name}`, done: i + 1, total: trials });
    }
    return found;
  });
  return { seconds: (performance.now() - startMs) / 1000, policies };
}

async function densityScore(
  instance: ModelInstance,
  clips: readonly LabelledClips[],
  subpolicies: readonly Subpolicy[],
  rng: Rng,
) {
  const answers: Answers[] = [];
  for (const [s, subpolicy] of subpolicies.entries())
    answers.push(
      await answersTo(
        instance,
        clips,
        changedBy((clip, own) => applyAll(clip, subpolicy, own)),
        rng.fork(String(s)),
      ),
    );
  return bestOverSubpolicies(
    answers,
    clips.flatMap(({ labels }) => labels),
  );
}

/** Share of clips that some sub-policy leaves recognisable, and the mean of their least losses. */
export function bestOverSubpolicies(answers: readonly Answers[], labels: readonly number[]) {
  const mean = (of: (label: number, i: number) => number) =>
    labels.reduce((sum, label, i) => sum + of(label, i), 0) / labels.length;
  return {
    accuracy: mean((label, i) => Number(answers.some(({ predicted }) => predicted[i] === label))),
    loss: mean((_, i) => Math.min(...answers.map(({ losses }) => losses[i]!))),
  };
}
