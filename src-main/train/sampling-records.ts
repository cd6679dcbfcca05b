import type { SamplingRecord } from '../contract/records.ts';
import type { ClipChoice, Seen, TemporalWeights, VideoDraw } from './bilevel-problem.ts';
import type { TrainingState } from './training-state.ts';

/** Where clips were drawn, parts of a video together, and the scores after the step. Methods that see whole videos draw nothing. */
export function samplingRecords(
  problem: TemporalWeights,
  { outer }: Pick<TrainingState, 'outer'>,
  { choice }: Seen<ClipChoice>,
): SamplingRecord[] {
  const wholes = Map.groupBy(choice.draws, (draw) => (draw.share === undefined ? draw : draw.video.id)).values();
  return Array.from(wholes, (draws) => ({
    epoch: choice.epoch,
    videoId: draws[0]!.video.id,
    starts: problem.reads === 'clips' ? draws.flatMap(startsOf) : [],
    scores: problem.snapshot(outer, draws[0]!.video).map((score) => Number(score.toPrecision(5))),
    ...pseudoLabelsOf(draws),
  }));
}

/** What segments were taken for, where nobody said when the label shows. */
function pseudoLabelsOf(draws: readonly VideoDraw[]): Pick<SamplingRecord, 'pseudo'> {
  const { supervision } = draws[0]!.video;
  if (supervision === undefined || supervision === 'moment') return {};
  return { pseudo: draws.map(({ video, share }) => ({ label: video.label, used: share !== 0 })) };
}

function startsOf({ video, cells }: VideoDraw): number[] {
  return cells.map((cell) => video.positions.starts[cell]!);
}
