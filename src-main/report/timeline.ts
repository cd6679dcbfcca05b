import { countOf } from '../contract/count-of.ts';
import { centreOf, decisionStretches } from '../contract/decision-stretches.ts';
import type { ClipPrediction, Moment } from '../contract/records.ts';
import type { ExpressionPalette } from '../contract/expression-palette.ts';
import { largestOf } from '../contract/largest-of.ts';
import { markup, type Markup } from './markup.ts';
import { coordinate, span } from './number-format.ts';
import type { ReportVideo, Thumbnail } from './report-data.ts';

/** Geometry that the drawing and the gamma lens of the page share, in units of the viewBox. */
export const TIMELINE = { width: 720, chartTop: 28, chartBottom: 124 };

const RIBBON = { top: 129, height: 15 };
const STRIP_TOP = 148;
const AXIS_HEIGHT = 22;

/**
 * The weight of every clip over time; under it what each clip alone shows, and the face. The labelled moment is a
 * hatched band, the heaviest one a line with a triangle.
 */
export function timeline(video: ReportVideo, classes: readonly string[], palette: ExpressionPalette): Markup {
  const { prediction, moment, heaviest, thumbnails } = video;
  const durationSec = Math.max(prediction.durationSec, 0.001);
  const x = (sec: number) => coordinate((Math.min(sec, durationSec) / durationSec) * TIMELINE.width);
  const side = thumbnails.length === 0 ? 0 : TIMELINE.width / thumbnails.length;
  const stripBottom = STRIP_TOP + Math.min(side, 90);
  return markup`<svg class="timeline" viewBox="0 0 ${TIMELINE.width} ${coordinate(stripBottom + AXIS_HEIGHT)}" role="img" aria-label="${describe(video)}">
${moment && momentBand(moment, x, stripBottom)}
${weightCurve(prediction.clips, x)}
${ribbon(prediction.clips, { classes, palette, x })}
${thumbnails.map((thumbnail) => thumbnailImage(thumbnail, x, Math.min(side, 90)))}
${moment && momentFrame(moment, x, stripBottom)}
${heaviest && heaviestMark(heaviest, x, stripBottom)}
${timeAxis(durationSec, x, stripBottom)}
</svg>`;
}

type ToX = (sec: number) => number;

function describe({ prediction, moment, heaviest }: ReportVideo): string {
  const parts = [
    `Weight of ${countOf(prediction.clips.length, 'clip')} over ${prediction.durationSec.toFixed(1)} seconds.`,
    heaviest && `Heaviest moment ${span(heaviest)}.`,
    moment && `Labelled moment ${span(moment)}.`,
  ];
  return parts.filter(Boolean).join(' ');
}

/** Area under the weights, scaled to its largest, and a dashed line at uniform weight. */
function weightCurve(clips: readonly ClipPrediction[], x: ToX): Markup | null {
  if (clips.length === 0) return null;
  const { chartTop, chartBottom, width } = TIMELINE;
  const highest = largestOf(clips.map(({ weight }) => weight));
  const y = (weight: number) => coordinate(chartBottom - (weight / highest) * (chartBottom - chartTop));
  const uniform = y(1 / clips.length);
  return markup`<path class="weights" d="${areaPath(clips, x, y)}"/>
<path class="uniform" d="M0 ${uniform}H${width}"><title>weight of every clip if all were equal</title></path>
<path class="base" d="M0 ${chartBottom}H${width}"/>`;
}

function areaPath(clips: readonly ClipPrediction[], x: ToX, y: (weight: number) => number): string {
  const base = TIMELINE.chartBottom;
  const [only] = clips;
  if (clips.length === 1) return `M${x(only!.startSec)} ${base}V${y(only!.weight)}H${x(only!.endSec)}V${base}Z`;
  const points = clips.map((clip) => `${x(centreOf(clip))} ${y(clip.weight)}`);
  return `M${x(centreOf(only!))} ${base}L${points.join('L')}L${x(centreOf(clips.at(-1)!))} ${base}Z`;
}

type RibbonContext = { classes: readonly string[]; palette: ExpressionPalette; x: ToX };

/** What each clip alone would say. */
function ribbon(clips: readonly ClipPrediction[], { classes, palette, x }: RibbonContext): Markup[] {
  return decisionStretches(clips).map(({ decision, from, to }) => {
    const label = classes[decision] ?? '';
    const expression = palette.find(label);
    const width = coordinate(x(to) - x(from));
    const code = expression?.code ?? '?';
    const fits = width >= 9 * code.length + 3;
    return markup`<g class="${expression?.className}"><rect class="fill" x="${x(from)}" y="${RIBBON.top}" width="${width}" height="${RIBBON.height}"><title>${label}: ${span({ startSec: from, endSec: to })}</title></rect>${fits && markup`<text class="code" x="${coordinate(x(from) + width / 2)}" y="${RIBBON.top + 11.5}" text-anchor="middle">${code}</text>`}</g>`;
  });
}

function thumbnailImage({ timeSec, jpeg }: Thumbnail, x: ToX, side: number): Markup {
  const left = coordinate(Math.min(TIMELINE.width - side, Math.max(0, x(timeSec) - side / 2)));
  const uri = `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`;
  return markup`<image x="${left}" y="${STRIP_TOP}" width="${coordinate(side)}" height="${coordinate(side)}" preserveAspectRatio="xMidYMid slice" href="${uri}"/>`;
}

function momentBand({ startSec, endSec }: Moment, x: ToX, bottom: number): Markup {
  const left = x(startSec);
  return markup`<rect class="moment" x="${left}" y="${TIMELINE.chartTop - 6}" width="${coordinate(x(endSec) - left)}" height="${coordinate(bottom - TIMELINE.chartTop + 6)}"/>`;
}

/** Edges of the labelled moment, over the pictures, and its name. */
function momentFrame({ startSec, endSec }: Moment, x: ToX, bottom: number): Markup {
  const top = TIMELINE.chartTop - 6;
  const [left, right] = [x(startSec), x(endSec)];
  const nearEnd = left > TIMELINE.width - 150;
  return markup`<path class="moment-edge" d="M${left} ${coordinate(bottom)}V${top}H${right}V${coordinate(bottom)}"/>
<text class="small" x="${nearEnd ? right : left}" y="11" text-anchor="${nearEnd ? 'end' : 'start'}">labelled ${span({ startSec, endSec })}</text>`;
}

function heaviestMark(heaviest: Moment, x: ToX, bottom: number): Markup {
  const at = x(centreOf(heaviest));
  const top = TIMELINE.chartTop;
  return markup`<g class="heaviest"><path class="stem" d="M${at} ${top}V${coordinate(bottom)}"/><path class="tip" d="M${coordinate(at - 6)} ${top - 9}h12l-6 10z"/><title>heaviest clip: ${span(heaviest)}</title></g>`;
}

function timeAxis(durationSec: number, x: ToX, top: number): Markup {
  const step = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 600].find((sec) => durationSec / sec <= 10) ?? 3600;
  const ticks = Array.from({ length: Math.floor(durationSec / step) + 1 }, (_, i) => i * step);
  return markup`${ticks.map((sec, i) => {
    const anchor = i === 0 ? 'start' : x(sec) > TIMELINE.width - 14 ? 'end' : 'middle';
    return markup`<path class="grid" d="M${x(sec)} ${coordinate(top)}v5"/><text class="tick" x="${x(sec)}" y="${coordinate(top + 17)}" text-anchor="${anchor}">${Number(sec.toFixed(2))}${i === 0 && ' s'}</text>`;
  })}`;
}

/** The weights alone, small, for a closed row of the list. */
export function sparkline({ prediction, moment }: ReportVideo): Markup | null {
  const { clips, durationSec } = prediction;
  if (clips.length === 0 || durationSec <= 0) return null;
  const highest = largestOf(clips.map(({ weight }) => weight));
  const x = (sec: number) => coordinate((Math.min(sec, durationSec) / durationSec) * 120);
  const points = clips.map((clip) => `${x(centreOf(clip))} ${coordinate(22 - (20 * clip.weight) / highest)}`);
  const [first, last] = [x(centreOf(clips[0]!)), x(centreOf(clips.at(-1)!))];
  return markup`<svg class="spark" viewBox="0 0 120 24" aria-hidden="true">
${moment && markup`<rect class="moment" x="${x(moment.startSec)}" width="${coordinate(x(moment.endSec) - x(moment.startSec))}" height="24"/>`}
<path class="weights" d="M${first} 22L${points.join('L')}L${last} 22Z"/></svg>`;
}
