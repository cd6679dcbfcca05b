/** What a training run would take, told before it starts. */
import { modelCard } from '../../../models/index.ts';
import { forwardFlops } from '../../../models/network.ts';
import type { ResolvedConfig } from '../../contract/config.ts';
import type { EngineInfo } from '../../contract/records.ts';
import { failureOf } from '../../contract/rpc.ts';
import type { MemoryNeed, RunRow, TrainPlan } from '../../contract/window/train.ts';
import type { Split } from '../../data/splits.ts';
import { planTrainingStep } from '../../engine/memory-plan.ts';
import type { Project, ProjectVideo } from '../../store/project.ts';
import { openRunFolder } from '../../store/run-folder.ts';
import { networkOf } from '../config-network.ts';
import { classesOf, configOf, splitOf } from '../train.ts';
import { runRows } from './run-rows.ts';

export type PlanRequest = {
  config: Record<string, unknown>;
  engine: EngineInfo['name'];
  memoryLimitBytes: number | null;
};

const NOTHING = { config: null, videos: null, notes: [], memory: null, time: null };
/** Going back costs twice as much as going forward. */
const FORWARD_AND_BACK = 3;

/** What is wrong with the settings is told as `problem`, with as much of the plan as can be made. */
export async function trainPlan(project: Project, request: PlanRequest): Promise<TrainPlan> {
  let plan: TrainPlan = { ...NOTHING, problem: null };
  try {
    const config = configOf({ config: request.config, set: [] });
    plan = { ...plan, config };
    const classes = classesOf(project);
    plan = { ...plan, memory: memoryOf(config, classes, request) };
    const videos = project.listVideos();
    const split = splitOf(project, videos, config);
    const sizes = { train: split.train.length, val: split.val.length, test: split.test.length };
    plan = { ...plan, videos: sizes, notes: split.notes };
    return { ...plan, time: await timeOf(project, config, { classes, split, videos, request }) };
  } catch (error) {
    return { ...plan, problem: failureOf(error) };
  }
}

function memoryOf(config: ResolvedConfig, classes: readonly string[], request: PlanRequest): MemoryNeed {
  const network = networkOf(config, modelCard(config.model), classes);
  const plan = planTrainingStep({ ...config, network }, request.engine);
  const { parameters, optimiser, activations, gradients, workspace, total } = plan;
  return { parameters, optimiser, activations, gradients, workspace, total, limit: request.memoryLimitBytes };
}

type Planned = {
  classes: readonly string[];
  split: Pick<Split, 'train' | 'val'>;
  videos: readonly ProjectVideo[];
  request: PlanRequest;
};

/** Scales the time of an epoch of the most alike earlier run by the work of both. */
async function timeOf(project: Project, config: ResolvedConfig, planned: Planned): Promise<TrainPlan['time']> {
  const rows = (await runRows(project)).filter(({ epochs }) => epochs > 0);
  const alike = (row: RunRow) => 2 * Number(row.model === config.model) + Number(row.pooling === config.pooling);
  for (const row of rows.toReversed().sort((a, b) => alike(b) - alike(a))) {
    const { config: earlier, manifest } = await openRunFolder(project.runsDir, row.name);
    if (manifest.engine.name !== planned.request.engine) continue;
    const before = epochWork(earlier, { ...planned, split: manifest.splits, classes: manifest.classes });
    const epochSec = (row.seconds / row.epochs) * (epochWork(config, planned) / before);
    return { epochSec, longestSec: epochSec * config.epochs, basis: row.name };
  }
  return null;
}

/** Operations of one epoch: training clips there and back, validation videos once. */
function epochWork(config: ResolvedConfig, { classes, split, videos }: Omit<Planned, 'request'>): number {
  const network = networkOf(config, modelCard(config.model), classes);
  const perFrame = forwardFlops(network, 1, config.clipFrames) / config.clipFrames;
  const framesOf = new Map(videos.map(({ id, media }) => [id, media.frameCount]));
  const frames = (ids: readonly string[]) => ids.reduce((sum, id) => sum + (framesOf.get(id) ?? 0), 0);
  const drawn = split.train.length * clipsDrawn(config) * config.clipFrames;
  const trained = readsWholeVideos(config) ? frames(split.train) : drawn;
  return perFrame * (FORWARD_AND_BACK * trained + frames(split.val));
}

/** Clips of a video in an epoch, on average; drawn pseudo-labels are as many as there can be. */
function clipsDrawn({ labels, clipsPerVideo, semiWeak }: ResolvedConfig): number {
  const { method, labelledShare, segments } = semiWeak;
  if (labels !== 'semi-weak' || method === 'labelled-only' || method === 'all-labels') return clipsPerVideo;
  return labelledShare * clipsPerVideo + (1 - labelledShare) * segments;
}

function readsWholeVideos({ pooling }: ResolvedConfig): boolean {
  return pooling === 'softmax' || pooling === 'max' || pooling === 'joint-softmax';
}
