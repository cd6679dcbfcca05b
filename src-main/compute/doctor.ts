import { availableParallelism, cpus, totalmem } from 'node:os';
import type { DoctorSummary, EngineChoice } from '../contract/api.ts';
import type { JobContext } from '../contract/progress.ts';
import { openEngine } from '../engine/select.ts';
import { mediaTools } from '../media/binaries.ts';
import { clipsPerSecond, inferenceWork, trainingWork } from './speed.ts';
import type { AppVersions } from './versions.ts';

const MODEL = 'small3d';

/**
 * Looks at everything that a job needs: versions, engine with its self-test, its measured speed, ffmpeg.
 * @throws AppError `engine-unavailable`, or `not-found` where there is no ffmpeg
 */
export async function doctorJob(
  { engine: choice }: { engine: EngineChoice },
  versions: AppVersions,
  job: JobContext,
): Promise<DoctorSummary> {
  const { ffmpeg, ffprobe } = await mediaTools();
  const engine = await openEngine({ engine: choice });
  try {
    const training = await clipsPerSecond(trainingWork({ model: MODEL, batch: 8 }), { steps: 5, warmup: 3 }, job);
    const inference = await clipsPerSecond(inferenceWork(MODEL), { steps: 1, warmup: 1 }, job);
    return {
      apexscope: versions.apexscope,
      node: versions.node,
      platform: `${process.platform} ${process.arch}`,
      cpu: { model: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism(), memoryGiB: gibOf(totalmem()) },
      engine: engine.info,
      selfTest: 'passed',
      clipsPerSecond: { model: MODEL, training, inference },
      ffmpeg,
      ffprobe,
    };
  } finally {
    await engine.close();
  }
}

function gibOf(bytes: number): number {
  return Math.round((10 * bytes) / 2 ** 30) / 10;
}
