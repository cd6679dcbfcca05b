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
import { variantsOf } from '../plan/tile-candidates.ts';

/** Choices whose variants are timed, and runs of each; the first is not counted. */
const MOST_CHOICES = 4;
const RUNS = 3;

/**
 * Tunes every product that the backend has computed and not tuned yet, and stores the choices.
 * @returns how many were tuned; an abort ends it early and keeps them
 */
export async function tuneProducts(backend: CheckedWebGpuBackend, job: JobContext = {}): Promise<number> {
  const { products } = backend;
  const pending = products.untuned();
  let done = 0;
  for (const product of pending) {
    if (job.signal?.aborted) break;
    products.adopt(product, await fastest(backend, product));
    done++;
    job.onProgress?.({ stage: 'tune', done, total: pending.length });
  }
  return done;
}

async function fastest(backend: CheckedWebGpuBackend, problem: GemmProblem): Promise<GemmChoice> {
  const candidates = rankedChoices(problem, backend.products.limits)
    .slice(0, MOST_CHOICES)
    .flatMap(({ tile, splits }) => variantsOf(tile).map((variant) => ({ tile: variant, splits })));
  const times = await timesOf(backend, problem, candidates);
  const best = times.filter(({ ms }) => Number.isFinite(ms)).sort((a, b) => a.ms - b.ms)[0];
  if (best === undefined) throw new AppError('bug', `webgpu: no tile runs for ${problem.key}`);
  return best.choice;
}

/** Times of one product by choice, on operands that are whatever lies in new buffers; Infinity where the driver refuses. */
export async function timesOf(
  backend: CheckedWebGpuBackend,
  problem: GemmProblem,
  candidates: readonly GemmChoice[],
): Promise<{ choice: GemmChoice; ms: number }[]> {
  const { sizes } = problem;
  const bare: GemmProblem = { ...problem, layout: { ...problem.layout, bias: false, relu: false } };
  const programs = candidates.map((choice) => programsAs(backend, bare, choice));
  const refused = await compileAhead(backend, programs.flat());
  const tensors = [sizes.left, sizes.right, sizes.result].map((size) => allocate(backend, [size]));
  const [left, right, result] = tensors as [TensorInfo, TensorInfo, TensorInfo];
  try {
    const times: { choice: GemmChoice; ms: number }[] = [];
    for (const [i, choice] of candidates.entries()) {
      const run = () => runGemmAs(backend, { problem: bare, left, right }, { result }, choice);
      const works = programs[i]!.every((program) => !refused.has(program));
      times.push({ choice, ms: works ? await timeOf(backend, run) : Infinity });
    }
    return times;
  } finally {
    for (const { dataId } of tensors) backend.disposeData(dataId);
  }
}

/** Milliseconds of the quickest run; Infinity where the driver refuses the program. */
async function timeOf(backend: CheckedWebGpuBackend, run: () => void): Promise<number> {
  let quickest = Infinity;
  submit(backend);
  backend.device.pushErrorScope('validation');
  for (let i = 0; i <= RUNS; i++) {
    await backend.device.queue.onSubmittedWorkDone();
    const start = performance.now();
    run();
    submit(backend);
    await backend.device.queue.onSubmittedWorkDone();
    if (i > 0) quickest = Math.min(quickest, performance.now() - start);
  }
  return (await backend.device.popErrorScope()) === null ? quickest : Infinity;
}
