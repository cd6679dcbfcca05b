import type { AgreementFigure, AgreementReport, RaterPair } from '../../contract/window/label-agreement.ts';
import type { Interval } from '../../contract/records.ts';
import { middle95 } from '../bootstrap.ts';
import { Rng } from '../../data/rng.ts';
import { classAgreement, disagreement } from './class-agreement.ts';
import { cohenKappa } from './cohen-kappa.ts';
import { fleissKappa } from './fleiss-kappa.ts';
import { krippendorffAlpha } from './krippendorff-alpha.ts';
import { groupedUnits } from './ratings.ts';
import type { RatedUnit } from './ratings.ts';

const RESAMPLES = 400;
/** Of ten thousand videos: some tens of milliseconds. */
const RESAMPLES_AT_ONCE = 50;
const MOST_WORST = 200;

/** A video with the labels that raters gave it. */
export type RatedVideo = { videoId: string; path: string; labels: ReadonlyMap<string, string> };

/**
 * How far raters agree on the labels of videos, with 95 % intervals by bootstrap over videos, and the videos on which
 * they agree least. Between pieces of the work others have their turn.
 */
export async function agreementReport(
  videos: readonly RatedVideo[],
  raters: readonly string[],
): Promise<AgreementReport> {
  const classes = [...new Set(videos.flatMap(({ labels }) => raters.flatMap((who) => labels.get(who) ?? [])))].sort();
  const place = new Map(classes.map((name, c) => [name, c]));
  const ratings = videos.map(({ labels }) => raters.map((who) => place.get(labels.get(who) ?? '') ?? null));
  const units = groupedUnits(ratings);
  const k = classes.length;
  const rng = new Rng(1);
  const figure = (of: (sample: readonly RatedUnit[]) => number, used: (unit: RatedUnit) => boolean) =>
    figureOf(units.filter(used), of, rng);
  const pairs: RaterPair[] = [];
  for (const [a, b] of pairsOf(raters.length)) {
    const both = (unit: RatedUnit) => unit.ratings[a] !== null && unit.ratings[b] !== null;
    const kappa = (sample: readonly RatedUnit[]) => cohenKappa(sample, k, [a, b]);
    pairs.push({ a: raters[a]!, b: raters[b]!, ...(await figure(kappa, both)) });
  }
  const perClass = classAgreement(units, k);
  return {
    raters: raters.map((name, r) => ({ name, n: ratings.filter((of) => of[r] !== null).length })),
    pairs,
    fleiss: await figure(
      (sample) => fleissKappa(sample, k),
      (unit) => !unit.ratings.includes(null),
    ),
    alpha: await figure(
      (sample) => krippendorffAlpha(sample, k),
      (unit) => unit.ratings.filter((rating) => rating !== null).length >= 2,
    ),
    perClass: classes.map((name, c) => ({ name, agreement: finite(perClass[c]!) })),
    worst: worstVideos(videos, ratings, { raters, k }),
  };
}

function pairsOf(n: number): [number, number][] {
  return Array.from({ length: n }, (_, a) =>
    Array.from({ length: n - a - 1 }, (_, i): [number, number] => [a, a + i + 1]),
  ).flat();
}

/** Null where there is nothing to compare. */
async function figureOf(
  units: readonly RatedUnit[],
  of: (sample: readonly RatedUnit[]) => number,
  rng: Rng,
): Promise<AgreementFigure> {
  const n = units.reduce((total, { times }) => total + times, 0);
  const value = finite(n === 0 ? NaN : of(units));
  return { value, interval: value === null ? null : await intervalOf(units, { n, of, rng }), n };
}

type Resampling = { n: number; of: (sample: readonly RatedUnit[]) => number; rng: Rng };

async function intervalOf(units: readonly RatedUnit[], { n, of, rng }: Resampling): Promise<Interval | null> {
  const owners = units.flatMap(({ times }, i) => Array<number>(times).fill(i));
  const values: number[] = [];
  for (let resample = 0; resample < RESAMPLES; resample++) {
    if (resample % RESAMPLES_AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve));
    const times = new Float64Array(units.length);
    for (let draw = 0; draw < n; draw++) times[owners[rng.integer(n)]!]! += 1;
    const value = of(units.map(({ ratings }, i) => ({ ratings, times: times[i]! })));
    if (Number.isFinite(value)) values.push(value);
  }
  return values.length === 0 ? null : middle95(values);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

type Scale = { raters: readonly string[]; k: number };

function worstVideos(
  videos: readonly RatedVideo[],
  ratings: readonly (number | null)[][],
  { raters, k }: Scale,
): AgreementReport['worst'] {
  return videos
    .map(({ videoId, path, labels }, i) => ({
      videoId,
      path,
      disagreement: disagreement(ratings[i]!, k) ?? 0,
      opinions: raters.flatMap((who) => (labels.has(who) ? [{ who, label: labels.get(who)! }] : [])),
    }))
    .filter((video) => video.disagreement > 0)
    .toSorted((a, b) => b.disagreement - a.disagreement || b.opinions.length - a.opinions.length)
    .slice(0, MOST_WORST);
}
