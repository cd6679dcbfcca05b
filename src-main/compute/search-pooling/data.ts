/** What a pooling search works on: the videos of a project or a set of pictures, divided once and for all. */
import { mkdir } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ResolvedConfig } from '../../contract/config.ts';
import { AppError } from '../../contract/errors.ts';
import type { PoolingSearchOptions } from '../../contract/pooling-search.ts';
import type { JobContext } from '../../contract/progress.ts';
import type { EngineInfo, RunManifest } from '../../contract/records.ts';
import type { ClipSource, ClipVideo } from '../../data/clip-source.ts';
import { divideByClass, ImageClips, splitImages } from '../../data/image-set.ts';
import { readImages } from '../../data/image-sources.ts';
import { Rng } from '../../data/rng.ts';
import { makeSplit, takeShare } from '../../data/splits.ts';
import { openProject, ownFolders } from '../../store/project.ts';
import type { Project } from '../../store/project.ts';
import { preparedVideos, projectClips } from '../prepared-videos.ts';
import { manifestOf } from '../train.ts';
import type { AppVersions } from '../versions.ts';

/** The half of the training videos that trains shared weights, and the half that judges configurations. */
export type Halves = { weights: ClipVideo[]; choice: ClipVideo[] };

export type SearchData = {
  /** Folder that holds `runs` and `searches`. */
  dir: string;
  runsDir: string;
  classes: string[];
  clips: ClipSource;
  halves: Halves;
  train: ClipVideo[];
  val: ClipVideo[];
  test: ClipVideo[];
  /** Whether the videos are pictures, in which there is no clip to choose. */
  pictures: boolean;
  notes: string[];
  /** Takes a share of some of the videos, evenly by class and by person where people are known. */
  divide(videos: readonly ClipVideo[], share: number, rng: Rng): Division;
  manifest(facts: RunFacts, splits: Record<'train' | 'val' | 'test', readonly ClipVideo[]>): RunManifest;
};

/** `notes`: what is wrong with it. */
export type Division = { taken: ClipVideo[]; rest: ClipVideo[]; notes: string[] };

export type RunFacts = { run: string; engine: EngineInfo; seed: number; versions: AppVersions };

/** Half of what may be trained on judges [BMS: 50 %]. */
const CHOICE_SHARE = 0.5;
const ONE_PERSON = 'Videos that had to be divided once more show one person, who is in both parts.';

/**
 * The prepared videos of a project; halves share no person where people are known.
 * @throws AppError `bad-config` for labels that only `train` takes
 */
export async function projectData(
  project: Project,
  config: ResolvedConfig,
  facts: Omit<RunFacts, 'seed'>,
): Promise<SearchData> {
  if (config.labels === 'semi-weak')
    throw new AppError('bad-config', 'labels=semi-weak: a search trains on known labels, video or moments.');
  const manifest = manifestOf(project, config, facts);
  const videosOf = async (ids: readonly string[]) => {
    const wanted = project.listVideos().filter(({ id }) => ids.includes(id));
    return (await preparedVideos(project, wanted, manifest.classes)).videos;
  };
  const { splits, classes, notes } = manifest;
  const learned = project.listVideos().filter(({ id }) => splits.train.includes(id));
  const half = { split: 'subject', valFraction: CHOICE_SHARE, testFraction: 0, folds: 0, fold: 0 } as const;
  const halves = makeSplit(learned, { ...half, seed: config.seed });
  return {
    ...{ dir: project.dir, runsDir: project.runsDir, classes, clips: projectClips(project), notes, pictures: false },
    halves: { weights: await videosOf(halves.train), choice: await videosOf(halves.val) },
    train: await videosOf(splits.train),
    val: await videosOf(splits.val),
    test: await videosOf(splits.test),
    divide: (videos, share, rng) => dividedByPerson(project, videos, share, rng),
    manifest: ({ run }, used) => ({ ...manifest, name: run, splits: idsOf(used) }),
  };
}

/** Pictures; `out` becomes a project folder, so that `predict` finds the runs. */
export async function imageData(
  { images, out, seed }: Pick<PoolingSearchOptions, 'images' | 'out' | 'seed'>,
  { cropSize, clipFrames }: ResolvedConfig,
  job: JobContext,
): Promise<SearchData> {
  if (clipFrames !== 1) throw new AppError('bad-config', `clipFrames: pictures have 1 frame, found ${clipFrames}.`);
  await mkdir(out, { recursive: true });
  openProject(out, { create: true }).close();
  const set = await readImages(images!, cropSize, job);
  const rng = new Rng(seed).fork('images');
  const { train, val, test } = splitImages(set, rng);
  const [choice, weights] = divideByClass(train, CHOICE_SHARE, rng.fork('halves'));
  const { runs: runsDir } = ownFolders(out);
  const fingerprint = createHash('sha256').update(set.pixels).digest('hex');
  const notes = [`${set.images.length} pictures of ${cropSize} x ${cropSize} pixels from ${path.basename(images!)}`];
  return {
    ...{ dir: out, runsDir, classes: set.classes, clips: new ImageClips(set), notes, pictures: true },
    halves: { weights, choice },
    ...{ train, val, test },
    divide: (videos, share, own) => {
      const [taken, rest] = divideByClass(videos, share, own);
      return { taken, rest, notes: [] };
    },
    manifest: (facts, used) => ({
      ...{ name: facts.run, createdAt: new Date().toISOString(), seed: facts.seed, engine: facts.engine },
      ...{ apexscopeVersion: facts.versions.apexscope, nodeVersion: facts.versions.node },
      ...{ classes: set.classes, dataFingerprint: fingerprint, subjectDisjoint: false, notes, splits: idsOf(used) },
    }),
  };
}

function dividedByPerson(project: Project, videos: readonly ClipVideo[], share: number, rng: Rng): Division {
  const ids = new Set(videos.map(({ id }) => id));
  const records = project.listVideos().filter(({ id }) => ids.has(id));
  const { taken, byPerson } = takeShare(records, share, rng);
  const isTaken = ({ id }: ClipVideo) => taken.includes(id);
  const rest = videos.filter((video) => !isTaken(video));
  return { taken: videos.filter(isTaken), rest, notes: byPerson ? [] : [ONE_PERSON] };
}

function idsOf(used: Record<'train' | 'val' | 'test', readonly ClipVideo[]>): RunManifest['splits'] {
  const ids = (videos: readonly ClipVideo[]) => videos.map(({ id }) => id);
  return { train: ids(used.train), val: ids(used.val), test: ids(used.test) };
}
