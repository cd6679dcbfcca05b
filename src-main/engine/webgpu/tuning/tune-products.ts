/**
 * The tile for each product by measurement: the tiles of which the model expects least time, and their variants that a
 * GPU alone can judge, are timed on the product itself.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { AppError } from '../../../contract/errors.ts';
import type { JobContext } from '../../../contract/progress.ts';
import type { CheckedWebGpuBackend } from '../checked-backend.ts';
import { submit } from '../command-recorder.ts';
import { allocate, compileAhead } from '../dispatch.ts';
import type { GemmChoice } from '../gemm/gemm-plan.ts';
import type { GemmProblem } from '../gemm/problem.ts';
import { programsAs, runGemmAs } from '../gemm/run-gemm.ts';
import { rankedChoices } from '../plan/static-choice.ts';
import { describeTile } from '../gemm/tile.ts';
import { variantsOf } from '../plan/tile-candidates.ts';

/** Tiles that are timed, and numbers of parts of the depth for each. */
const MOST_TILES = 4;
const MOST_SPLITS = 3;
/** All candidates of a product run in turns, so often and once more; so many dispatches each time. */
const ROUNDS = 3;
const DISPATCHES = 3;
/** A GPU that has waited for the compiler runs at a fraction of its clock: an H100 for some 300 ms. */
const WARMUP_MS = 400;

/**
 * Tunes every product that the backend has computed and not tuned yet, and stores the choices. Progress counts each
 * product twice: when its tiles are compiled, which takes the most time, and when they are timed.
 * @returns how many were tuned; an abort ends it early and keeps them
 */
export async function tuneProducts(backend: CheckedWebGpuBackend, job: JobContext = {}): Promise<number> {
  const { products } = backend;
  const pending = products.untuned().map((problem) => ({ problem, candidates: candidatesFor(backend, problem) }));
  let done = 0;
  const onDone = () => job.onProgress?.({ stage: 'tune', done: ++done, total: 2 * pending.length });
  for (const { problem, candidates } of pending) {
    if (job.signal?.aborted) return 0;
    await compileAhead(backend, programsOf(backend, problem, candidates).flat());
    onDone();
  }
  for (const [i, { problem, candidates }] of pending.entries()) {
    if (job.signal?.aborted) return i;
    const warmupMs = i === 0 ? WARMUP_MS : 0;
    products.adopt(problem, fastest(problem, await timesOf(backend, problem, { candidates, warmupMs })));
    onDone();
  }
  return pending.length;
}

type Time = { choice: GemmChoice; ms: number };

function fastest({ key }: GemmProblem, times: readonly Time[]): GemmChoice {
  const best = times.filter(({ ms }) => Number.isFinite(ms)).sort((a, b) => a.ms - b.ms)[0];
  if (best === undefined) throw new AppError('bug', `webgpu: no tile runs for ${key}`);
  return best.choice;
}

/** The tiles of which least time is expected, each with its best numbers of parts, which cost no compiling. */
export function candidatesFor({ products }: CheckedWebGpuBackend, problem: GemmProblem): GemmChoice[] {
  const byTile = Map.groupBy(rankedChoices(problem, products.limits), ({ tile }) => describeTile(tile));
  return [...byTile.values()]
    .slice(0, MOST_TILES)
    .flatMap((choices) => choices.slice(0, MOST_SPLITS))
    .flatMap(({ tile, splits }) => variantsOf(tile).map((variant) => ({ tile: variant, splits })));
}

/** Of what {@link timesOf} runs, for each candidate. */
function programsOf(backend: CheckedWebGpuBackend, problem: GemmProblem, candidates: readonly GemmChoice[]) {
  return candidates.map((choice) => programsAs(backend, withoutEpilogue(problem), choice));
}

function withoutEpilogue(problem: GemmProblem): GemmProblem {
  return { ...problem, layout: { ...problem.layout, bias: false, relu: false } };
}

/** Times of one product by choice, on operands that are whatever lies in new buffers; Infinity where the driver refuses. */
export async function timesOf(
  backend: CheckedWebGpuBackend,
  problem: GemmProblem,
  { candidates, warmupMs }: { candidates: readonly GemmChoice[]; warmupMs: number },
): Promise<Time[]> {
  const programs = programsOf(backend, problem, candidates);
  const refused = await compileAhead(backend, programs.flat());
  const times = candidates.map((choice) => ({ choice, ms: Infinity }));
  const working = times.filter((_, i) => programs[i]!.every((program) => !refused.has(program)));
  const { sizes } = problem;
  const tensors = [sizes.left, sizes.right, sizes.result].map((size) => allocate(backend, [size]));
  const [left, right, result] = tensors as [TensorInfo, TensorInfo, TensorInfo];
  const work = { problem: withoutEpilogue(problem), left, right };
  const msOf = (choice: GemmChoice) => dispatchMs(backend, () => runGemmAs(backend, work, { result }, choice));
  try {
    const endMs = performance.now() + warmupMs;
    while (working[0] !== undefined && performance.now() < endMs) await msOf(working[0].choice);
    for (let round = 0; round <= ROUNDS; round++)
      for (const time of working) {
        const ms = await msOf(time.choice);
        if (round > 0) time.ms = Math.min(time.ms, ms);
      }
    return times;
  } finally {
    for (const { dataId } of tensors) backend.disposeData(dataId);
  }
}

async function dispatchMs(backend: CheckedWebGpuBackend, run: () => void): Promise<number> {
  submit(backend);
  await backend.device.queue.onSubmittedWorkDone();
  const startMs = performance.now();
  for (let i = 0; i < DISPATCHES; i++) run();
  submit(backend);
  await backend.device.queue.onSubmittedWorkDone();
  return (performance.now() - startMs) / DISPATCHES;
}
