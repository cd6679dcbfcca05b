/** An evaluation as tables for other programs, and what their columns mean. */
import type { VideoPrediction } from '../../contract/records.ts';
import type { ProjectVideo } from '../../store/project.ts';
import { csvText } from '../../data/annotations/csv-text.ts';

export type Evidence = {
  run: string;
  classes: readonly string[];
  videos: readonly { prediction: VideoPrediction; video: ProjectVideo }[];
};

type Row<T> = { name: string; meaning: string; value: (item: T) => string | number | null };
type EvidenceVideo = Evidence['videos'][number];
type EvidenceClip = { video: ProjectVideo; prediction: VideoPrediction; p: number };

const VIDEO_COLUMNS: readonly Row<EvidenceVideo>[] = [
  { name: 'video_id', meaning: 'First 16 digits of the content hash', value: ({ video }) => video.id },
  { name: 'path', meaning: 'Relative to the project folder, or absolute', value: ({ video }) => video.path },
  { name: 'subject', meaning: 'Person in the video, if known', value: ({ video }) => video.subject },
  { name: 'label', meaning: 'Label that holds now', value: ({ video }) => video.label },
  { name: 'predicted', meaning: 'Class decided by the run; empty: not scored', value: (row) => row.prediction.label },
  { name: 'moment_start_sec', meaning: 'Labelled moment, begin', value: ({ video }) => video.moment?.startSec ?? null },
  { name: 'moment_end_sec', meaning: 'Labelled moment, end', value: ({ video }) => video.moment?.endSec ?? null },
  {
    name: 'heaviest_start_sec',
    meaning: 'Heaviest clip, begin',
    value: (row) => row.prediction.heaviest?.startSec ?? null,
  },
  { name: 'heaviest_end_sec', meaning: 'Heaviest clip, end', value: (row) => row.prediction.heaviest?.endSec ?? null },
  {
    name: 'heaviest_weight',
    meaning: 'Its share of all weight, 0 to 1',
    value: (row) => row.prediction.heaviest?.weight ?? null,
  },
  {
    name: 'face_coverage',
    meaning: 'Share of frames with a face, 0 to 1',
    value: (row) => row.prediction.faceCoverage,
  },
  { name: 'duration_sec', meaning: 'Length of the video', value: ({ video }) => video.media.durationSec },
  { name: 'frame_count', meaning: 'Frames of the video', value: ({ video }) => video.media.frameCount },
  { name: 'average_fps', meaning: 'Frames a second, on average', value: ({ video }) => video.media.averageFps },
  {
    name: 'container_start_sec',
    meaning: 'Start time of the container; already subtracted from all times',
    value: ({ video }) => video.media.startSec,
  },
  { name: 'content_hash', meaning: 'Hash of the content of the file', value: ({ video }) => video.contentHash },
];

const CLIP_COLUMNS: readonly Row<EvidenceClip>[] = [
  { name: 'video_id', meaning: 'Same as in videos.csv', value: ({ video }) => video.id },
  { name: 'clip', meaning: 'Number of the clip in the video, from 0', value: ({ p }) => p },
  {
    name: 'start_frame',
    meaning: 'First frame of the clip, from 0, in order of presentation',
    value: (clip) => at(clip).startFrame,
  },
  { name: 'start_sec', meaning: "Its presentation time on a player's clock", value: (clip) => at(clip).startSec },
  { name: 'end_sec', meaning: 'End of the last frame of the clip', value: (clip) => at(clip).endSec },
  {
    name: 'weight',
    meaning:
      'Weight for the predicted class (joint-softmax: for all classes together); the weights of a video sum to 1',
    value: (clip) => at(clip).weight,
  },
];

/** Contents of `videos.csv`, `clips.csv` and `data-dictionary.csv` by name. */
export function evidenceTables({ run, classes, videos }: Evidence): Record<string, string> {
  const ofVideos = [...VIDEO_COLUMNS, ...probabilityColumns(classes)];
  const ofClips = [...CLIP_COLUMNS, ...logitColumns(classes)];
  const clips = videos.flatMap(({ video, prediction }) => prediction.clips.map((_, p) => ({ video, prediction, p })));
  return {
    'videos.csv': table(ofVideos, videos),
    'clips.csv': table(ofClips, clips),
    'data-dictionary.csv': csvText([
      ['table', 'column', 'meaning'],
      ['all', '', `Run ${run}. Times are seconds on a player's clock: 0 is the start time of the container.`],
      ...ofVideos.map(({ name, meaning }) => ['videos.csv', name, meaning]),
      ...ofClips.map(({ name, meaning }) => ['clips.csv', name, meaning]),
    ]),
  };
}

function table<T>(columns: readonly Row<T>[], items: readonly T[]): string {
  return csvText([columns.map(({ name }) => name), ...items.map((item) => columns.map(({ value }) => value(item)))]);
}

function at({ prediction, p }: EvidenceClip) {
  return prediction.clips[p]!;
}

function probabilityColumns(classes: readonly string[]): Row<EvidenceVideo>[] {
  return classes.map((name) => ({
    name: `probability_${name}`,
    meaning: `Probability of ${name} after temporal pooling, 0 to 1`,
    value: ({ prediction }) => prediction.probabilities[name] ?? null,
  }));
}

function logitColumns(classes: readonly string[]): Row<EvidenceClip>[] {
  return classes.map((name, k) => ({
    name: `logit_${name}`,
    meaning: `Score of the clip for ${name} before any softmax`,
    value: (clip) => at(clip).logits[k] ?? null,
  }));
}
