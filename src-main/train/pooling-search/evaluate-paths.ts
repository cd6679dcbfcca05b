/** Full validation of the paths of a supernet (algorithms.md 2.5, step 5), with inherited weights. */
import type { ResolvedConfig } from '../../contract/config.ts';
import { throwIfAborted } from '../../contract/errors.ts';
import type { JobContext } from '../../contract/progress.ts';
import type { ClipRequest } from '../../data/batches.ts';
import { evenBatches } from '../../data/class-balance.ts';
import type { ClipSource, ClipVideo } from '../../data/clip-source.ts';
import type { ModelInstance } from '../../data/network-passes.ts';
import { scoreClips } from '../../data/score-clips.ts';
import type { Path } from '../bilevel-problem.ts';
import { labelledPositions } from '../training-videos.ts';
import { networkOn, superNetOf } from './supernet-card.ts';
import type { SearchSpace } from './search-space.ts';

/** Clips of a long video that are scored, evenly spaced in what was trained on; its logits are their mean. */
const CLIPS_PER_VIDEO = 2;

export type Evaluation = {
  space: SearchSpace;
  videos: readonly ClipVideo[];
  clips: ClipSource;
  config: Pick<ResolvedConfig, 'clipFrames' | 'cropSize' | 'batch' | 'labels'>;
};

/** Passes of batches that one path takes. */
export function passesOf({ videos, config }: Evaluation): number {
  return planOf(videos, config).batches.length;
}

/**
 * Accuracy of one path on all videos. Batches are always the same, since their statistics normalise.
 * @throws AppError `aborted`
 */
export async function pathAccuracy(
  whole: ModelInstance,
  path: Path,
  { space, videos, clips, config }: Evaluation,
  { signal }: JobContext,
): Promise<number> {
  const configuration = space.configurations[path.configuration]!;
  const network = networkOn(whole, superNetOf(whole).along(configuration, path.supernet), path.supernet);
  const { batches, owners } = planOf(videos, config);
  const sums = new Map<number, number[]>();
  let row = 0;
  for await (const logits of scoreClips(network, batches, { ...config, clips })) {
    throwIfAborted(signal);
    for (const values of logits) {
      const owner = owners[row++]!;
      const sofar = sums.get(owner);
      sums.set(owner, sofar === undefined ? values : sofar.map((sum, k) => sum + values[k]!));
    }
  }
  const hits = Array.from(sums, ([owner, logits]) => Number(predicted(logits) === videos[owner]!.label));
  return hits.reduce((sum, hit) => sum + hit, 0) / hits.length;
}

/** The clips to score in batches, and the video of each, by its index. */
function planOf(videos: readonly ClipVideo[], config: Evaluation['config']) {
  const wanted = videos.flatMap((video, owner) => {
    const { starts, realFrames } = labelledPositions(video, config);
    const count = Math.min(CLIPS_PER_VIDEO, starts.length);
    return Array.from({ length: count }, (_, i): { owner: number; request: ClipRequest } => {
      const start = starts[Math.floor(((i + 0.5) * starts.length) / count)]!;
      return { owner, request: { videoId: video.id, start, realFrames } };
    });
  });
  const requests = wanted.map(({ request }) => request);
  return { batches: evenBatches(requests, config.batch), owners: wanted.map(({ owner }) => owner) };
}

function predicted(logits: readonly number[]): number {
  return logits.indexOf(Math.max(...logits));
}
