import type { Moment, VideoPrediction } from '../../src-main/contract/records.ts';
import type { EvaluatedSplit, LabelNow } from '../../src-main/contract/window/inspect.ts';
import type { PlayedVideo } from '../../src-main/contract/window/label.ts';
import { findContradictions } from '../../src-main/infer/contradictions.ts';
import type { Contradiction } from '../../src-main/infer/contradictions.ts';

/** A prediction beside what people say of the video now. */
export type InspectedVideo = {
  id: string;
  /** The last two parts of its path. */
  name: string;
  path: string;
  subject: string | null;
  truth: string | null;
  moment: Moment | null;
  prediction: VideoPrediction;
  /** [p][k]; empty where nothing was scored. */
  clipLogits: readonly (readonly number[])[];
  /** Why a person should look; null also where somebody looked and let the label stand. */
  contradiction: Contradiction | null;
  confirmed: boolean;
  /** Not of the project: dropped in to be predicted. */
  newcomer: Newcomer | null;
};

/** What plays a video from outside of the project. */
export type Newcomer = { url: string; played: PlayedVideo };

/** The videos of an evaluation, in its order. */
export function inspectedVideos(
  { predictions, classes }: Pick<EvaluatedSplit, 'predictions' | 'classes'>,
  labels: readonly LabelNow[],
): InspectedVideo[] {
  const byId = new Map(labels.map((label) => [label.id, label]));
  const judged = predictions.flatMap((prediction) => {
    const now = byId.get(prediction.videoId);
    return now === undefined ? [] : [{ prediction, now, truth: now.label, moment: now.moment }];
  });
  const found = new Map(findContradictions(judged, classes).map((one) => [one.videoId, one]));
  return judged.map(({ prediction, now, truth, moment }) => ({
    ...predictedVideo(prediction),
    subject: now.subject,
    truth,
    moment,
    contradiction: now.confirmed ? null : (found.get(now.id) ?? null),
    confirmed: now.confirmed,
  }));
}

/** A video of which only the prediction is known. */
export function predictedVideo(prediction: VideoPrediction, newcomer: Newcomer | null = null): InspectedVideo {
  const { videoId: id, path } = prediction;
  return {
    id,
    name: path.split(/[\\/]/).slice(-2).join('/'),
    path,
    subject: null,
    truth: null,
    moment: null,
    prediction,
    clipLogits: prediction.clips.map(({ logits }) => logits),
    contradiction: null,
    confirmed: false,
    newcomer,
  };
}

export function isWrong({ truth, prediction }: Pick<InspectedVideo, 'truth' | 'prediction'>): boolean {
  return truth !== null && prediction.label !== truth;
}

/** Which videos of the split are listed. */
export type InspectFilter =
  | { kind: 'all' }
  | { kind: 'wrong' }
  | { kind: 'queue' }
  | { kind: 'new' }
  | { kind: 'cell'; truth: string; predicted: string | null }
  | { kind: 'subject'; subject: string };

/** Videos that match filter and words; the queue with the worst first. */
export function filterVideos(videos: readonly InspectedVideo[], filter: InspectFilter, text: string): InspectedVideo[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = videos.filter((video) => {
    const haystack = `${video.path} ${video.subject ?? ''} ${video.truth ?? ''} ${video.prediction.label ?? ''}`;
    return fits(video, filter) && words.every((word) => haystack.toLowerCase().includes(word));
  });
  if (filter.kind !== 'queue') return found;
  return found.sort((a, b) => b.contradiction!.severity - a.contradiction!.severity);
}

function fits(video: InspectedVideo, filter: InspectFilter): boolean {
  switch (filter.kind) {
    case 'all':
      return true;
    case 'wrong':
      return isWrong(video);
    case 'queue':
      return video.contradiction !== null;
    case 'new':
      return video.newcomer !== null;
    case 'cell':
      return video.truth === filter.truth && video.prediction.label === filter.predicted;
    case 'subject':
      return video.subject === filter.subject;
    default:
      return filter satisfies never;
  }
}
