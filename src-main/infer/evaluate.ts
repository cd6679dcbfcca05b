import { AppError } from '../contract/errors.ts';
import type { EvaluationReport, Moment, Protocol, VideoPrediction } from '../contract/records.ts';
import { classificationMetrics, type Judgement } from '../data/classification-metrics.ts';
import { momentInVideo } from '../data/moment-in-video.ts';
import type { Rng } from '../data/rng.ts';
import { bootstrapIntervals } from './bootstrap.ts';
import { scoreLocalisation } from './localisation.ts';
import type { LocalisedVideo } from './localisation.ts';

/** A prediction beside the truth. */
export type EvaluatedVideo = {
  prediction: VideoPrediction;
  truth: string;
  subject: string | null;
  moment: Moment | null;
};

export type EvaluateOptions = {
  classes: readonly string[];
  /** What the caller knows of the protocol; counts are filled in here. */
  protocol: Omit<Protocol, 'n' | 'subjects' | 'unnamed'>;
  /** Draws the resamples of the intervals. */
  rng: Rng;
};

/**
 * Figures of a split: WAR and UAR with 95 % intervals, figures per class, confusion, localisation over the videos with
 * a labelled moment in them. Videos that could not be scored count as wrong everywhere and are listed.
 * @throws AppError `bad-input` when there is no video, or one whose label is no class of the run
 */
export function evaluate(videos: readonly EvaluatedVideo[], options: EvaluateOptions): EvaluationReport {
  const { protocol, rng } = options;
  const classes = [...options.classes];
  if (videos.length === 0)
    throw new AppError(
      'bad-input',
      `The ${protocol.split} split has no labelled video, so there is nothing to evaluate.`,
      {
        hint: 'Import videos with labels, or evaluate another split.',
      },
    );
  const judged = videos.map((video) => judge(video, classes));
  const metrics = classificationMetrics(judged, classes.length);
  const outcomes = judged.map(({ label, predicted }, i) => ({
    truth: label,
    correct: predicted === label,
    subject: videos[i]!.subject,
  }));
  const intervals = bootstrapIntervals(outcomes, classes.length, rng);
  const localisation = scoreLocalisation(videos.flatMap(localisedVideo));
  return {
    split: protocol.split,
    n: videos.length,
    war: metrics.war,
    uar: metrics.uar,
    warInterval: intervals.war,
    uarInterval: intervals.uar,
    perClass: Object.fromEntries(classes.map((name, k) => [name, metrics.perClass[k]!])),
    confusion: metrics.confusion,
    classes,
    labels: classes,
    ...(localisation === undefined ? {} : { localisation }),
    unscored: unscoredVideos(videos),
    meanFaceCoverage: mean(videos.map(({ prediction }) => prediction.faceCoverage)),
    protocol: { ...protocol, n: videos.length, subjects: countSubjects(videos), unnamed: countUnnamed(videos) },
  };
}

function judge({ prediction, truth }: EvaluatedVideo, classes: readonly string[]): Judgement {
  const label = classes.indexOf(truth);
  if (label < 0)
    throw new AppError(
      'bad-input',
      `${prediction.path} is labelled "${truth}", but the run knows ${classes.join(', ')}.`,
      {
        hint: 'Train a run with this class, or change the label.',
      },
    );
  return {
    label,
    predicted: prediction.label === null ? null : classes.indexOf(prediction.label),
  };
}

/** None for a moment that lies outside its video, as older versions stored them: no clip could be there. */
function localisedVideo({ prediction: { clips, durationSec }, moment }: EvaluatedVideo): LocalisedVideo[] {
  const inside = moment === null ? null : momentInVideo(moment, durationSec);
  return inside === null ? [] : [{ clips, moment: inside }];
}

function unscoredVideos(videos: readonly EvaluatedVideo[]): EvaluationReport['unscored'] {
  return videos
    .filter(({ prediction }) => prediction.label === null)
    .map(({ prediction: { path, note } }) => ({ path, reason: note ?? 'No reason was given.' }));
}

function countSubjects(videos: readonly EvaluatedVideo[]): number {
  return new Set(videos.flatMap(({ subject }) => subject ?? [])).size;
}

function countUnnamed(videos: readonly EvaluatedVideo[]): number {
  return videos.filter(({ subject }) => subject === null).length;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((total, value) => total + value, 0) / values.length;
}
