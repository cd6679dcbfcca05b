/**
 * What is known of training videos where not all of them are labelled alike (algorithms.md 4.5), and what an experiment
 * hides of it without touching the project.
 */
import type { ResolvedConfig } from '../contract/config.ts';
import type { RejectedSegment } from '../contract/records.ts';
import type { Supervision, SupervisionSets } from '../contract/supervision.ts';
import type { ClipVideo } from './clip-source.ts';
import { Rng } from './rng.ts';
import { compareText } from './split-groups.ts';

type LabelledAs = { id: string; label: string | null; moment: unknown };

export function supervisionOf({ label, moment }: Pick<ClipVideo, 'label' | 'moment'>): Supervision {
  if (label === null) return 'none';
  return moment === null ? 'label' : 'moment';
}

/**
 * Divides training videos by what is known of them, less what `momentShare` and `labelShare` hide: that share of the
 * moments, and of the labels, is kept in every class as nearly as whole videos allow. The same videos, shares and seed
 * give the same sets in any order of the videos.
 */
export function divideSupervision(
  videos: readonly LabelledAs[],
  config: ResolvedConfig['semiWeak'],
  seed: number,
): SupervisionSets {
  const keep = (share: number) => (config.method === 'all-labels' ? 1 : share);
  const showsAll = ({ moment, label }: LabelledAs) => moment !== null || label === config.background;
  const order = shuffled(
    videos.filter(({ label }) => label !== null),
    new Rng(seed).fork('labels'),
  );
  const [withMoment, without] = [order.filter(showsAll), order.filter((video) => !showsAll(video))];
  const keptMoments = takeByClass(withMoment, keep(config.momentShare));
  const keptLabels = takeByClass([...withMoment, ...without], keep(config.labelShare));
  const setOf = ({ id }: LabelledAs): Supervision => {
    if (!keptLabels.has(id)) return 'none';
    return keptMoments.has(id) ? 'moment' : 'label';
  };
  const idsOf = (wanted: Supervision) =>
    videos.flatMap((video) => (setOf(video) === wanted ? [video.id] : [])).sort(compareText);
  return { moment: idsOf('moment'), label: idsOf('label'), none: idsOf('none') };
}

/** A training video with no more than a run may know of it. One of the background class shows it from end to end. */
export function asKnown(video: ClipVideo, sets: SupervisionSets): ClipVideo {
  const { moment, durationSec } = video;
  if (sets.moment.includes(video.id)) return { ...video, moment: moment ?? { startSec: 0, endSec: durationSec } };
  return { ...video, moment: null, label: sets.label.includes(video.id) ? video.label : null };
}

/** A training video with what somebody rejected of the guesses on it. @param classes - names of the k classes in order */
export function withRejections(
  video: ClipVideo,
  rejections: readonly RejectedSegment[],
  classes: readonly string[],
): ClipVideo {
  const own = rejections.filter(({ videoId, label }) => videoId === video.id && classes.includes(label));
  if (own.length === 0) return video;
  return { ...video, rejected: own.map(({ label, moment }) => ({ label: classes.indexOf(label), moment })) };
}

function shuffled<T extends { id: string }>(videos: readonly T[], rng: Rng): T[] {
  return rng.shuffle(videos.toSorted((a, b) => compareText(a.id, b.id)));
}

/**
 * The first of each class, `share` of it rounded down; what then lacks to `share` of all comes from the classes that
 * lost most by rounding, those that come first in `videos` before others.
 */
function takeByClass(videos: readonly LabelledAs[], share: number): Set<string> {
  const classes = [...Map.groupBy(videos, ({ label }) => label).values()];
  const quotas = classes.map((members) => share * members.length);
  const lacking = Math.round(share * videos.length) - quotas.reduce((sum, quota) => sum + Math.floor(quota), 0);
  const byRemainder = quotas.map((quota, i) => ({ i, rest: quota % 1 })).sort((a, b) => b.rest - a.rest);
  const extra = new Set(byRemainder.slice(0, Math.max(0, lacking)).map(({ i }) => i));
  const taken = classes.flatMap((members, i) => members.slice(0, Math.floor(quotas[i]!) + Number(extra.has(i))));
  return new Set(taken.map(({ id }) => id));
}
