/**
 * Whether learned augmentation helps where it should: validation and test videos of a prepared project are turned, shifted
 * and darkened by known amounts, training videos are not (issue 7, point 2). Several methods, the same settings, several
 * seeds; what is finished is kept in the folder and read when the bench is started again.
 *
 *   node bench/augmentation-nuisance.ts --project <dir> --out <folder> [--methods none,predefined,learned] [--seeds 3]
 *     [--epochs 24] [--set key=value]... [--save]
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { warpMatrix } from '../models/ops/warp-matrix.ts';
import { learnAugmentation, type AugmentationPlace } from '../src-main/compute/learn-augmentation/learn.ts';
import { projectData } from '../src-main/compute/search-pooling/data.ts';
import type {
  AugmentationMethod,
  AugmentationTableRow,
  LearnAugmentationOptions,
} from '../src-main/contract/learn-augmentation.ts';
import type { ClipSource } from '../src-main/data/clip-source.ts';
import { openProject, ownFolders } from '../src-main/store/project.ts';
import { curved, curvesOf, warped } from '../src-main/train/augmentation/pixel-clip.ts';
import { publishResult } from './save-result.ts';

const OPTIONS = {
  project: { type: 'string' },
  out: { type: 'string' },
  methods: { type: 'string', default: 'none,predefined,learned' },
  seeds: { type: 'string', default: '3' },
  epochs: { type: 'string', default: '24' },
  'augmenter-rate': { type: 'string', default: '0.1' },
  network: { type: 'string', default: 'affine-color' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  save: { type: 'boolean', default: false },
} as const;

/** Clockwise, to the right as a share of the side, and the factor of all colours. */
const NUISANCE = { rotationDeg: 20, shiftX: 0.1, light: 0.6 };

/** What lets a network learn in few epochs: the labelled moments, and pooling that looks for them in validation. */
const SETTINGS = [
  ...['labels=moments', 'pooling=stochastic-softmax', 'batch=4', 'learningRate=0.02'],
  ...['stochasticSoftmax.warmupEpochs=1', 'stochasticSoftmax.explorationEpochs=1'],
];

/** The pictures of some videos, changed. */
class ChangedClips implements ClipSource {
  readonly #clips: ClipSource;
  readonly #changed: ReadonlySet<string>;

  constructor(clips: ClipSource, changed: ReadonlySet<string>) {
    this.#clips = clips;
    this.#changed = changed;
  }

  async readFrames(videoId: string, start: number, count: number, size: number): Promise<Uint8Array> {
    const bytes = await this.#clips.readFrames(videoId, start, count, size);
    if (!this.#changed.has(videoId)) return bytes;
    const { rotationDeg, shiftX, light } = NUISANCE;
    const warp = warpMatrix({ flip: false, rotationDeg, scale: 1, shiftX: 2 * shiftX, shiftY: 0, aspect: 1 });
    const turned = warped({ bytes, t: count, h: size, w: size }, warp);
    return curved(
      turned,
      curvesOf((byte) => light * byte),
    ).bytes;
  }
}

const { values } = parseArgs({ options: OPTIONS });
if (values.project === undefined || values.out === undefined) throw new Error('expected --project and --out');
const project = openProject(values.project);
const versions = { apexscope: 'bench', node: process.versions.node };
const { runs: runsDir } = ownFolders(values.out);

async function compared(seed: number): Promise<AugmentationTableRow[]> {
  const run = `nuisance-${seed}`;
  const options: LearnAugmentationOptions = {
    ...{ project: values.project!, images: null, out: values.out!, run, model: null, method: 'learned', seed },
    compare: values.methods.split(',') as AugmentationMethod[],
    network: values.network as NonNullable<LearnAugmentationOptions['network']>,
    augmenterRate: Number(values['augmenter-rate']),
    ...{ epochs: Number(values.epochs), set: [...SETTINGS, ...values.set], resume: true },
  };
  const place: AugmentationPlace = {
    ...{ dir: values.out!, runsDir },
    dataOf: async (config, engine) => {
      const data = await projectData(project, config, { run, engine, versions });
      const changed = new Set([...data.val, ...data.test].map(({ id }) => id));
      return { ...data, clips: new ChangedClips(data.clips, changed) };
    },
  };
  let stage = '';
  const onProgress = (progress: { stage: string; detail?: string }) => {
    if (progress.stage !== stage) process.stderr.write(`${new Date().toISOString()} ${run} ${progress.stage}\n`);
    stage = progress.stage;
  };
  const { table } = await learnAugmentation(place, { ...options, engine: 'wasm', versions }, { onProgress });
  process.stderr.write(`${JSON.stringify(table)}\n`);
  return table!;
}

const rows: AugmentationTableRow[] = [];
for (let seed = 1; seed <= Number(values.seeds); seed++) rows.push(...(await compared(seed)));
project.close();
const means = values.methods.split(',').map((method) => {
  const own = rows.filter((row) => row.method === method);
  const mean = (of: (row: AugmentationTableRow) => number) => own.reduce((sum, row) => sum + of(row), 0) / own.length;
  return {
    ...{ method, war: mean(({ war }) => war), uar: mean(({ uar }) => uar), wars: own.map(({ war }) => war) },
    ...{ ratioToPlain: mean(({ ratioToPlain }) => ratioToPlain), seconds: mean(({ seconds }) => seconds) },
  };
});
const setting = { nuisance: NUISANCE, epochs: Number(values.epochs), seeds: Number(values.seeds) };
const recipes = rows.map(({ recipe, ...row }) => ({ ...row, recipe: path.basename(path.dirname(recipe)) }));
await publishResult('augmentation-nuisance', { ...setting, means, rows: recipes }, values.save);
