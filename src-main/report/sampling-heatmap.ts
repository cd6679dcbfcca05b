import { countOf } from '../contract/count-of.ts';
import type { SamplingRecord } from '../contract/records.ts';
import { effectiveClips, heatShades, samplingDistribution } from '../contract/sampling-distribution.ts';
import { expressionName } from './expression-chip.ts';
import type { ExpressionPalette } from '../contract/expression-palette.ts';
import { greyPngUri } from './grey-png.ts';
import { markup, type Markup } from './markup.ts';
import { coordinate, seconds } from './number-format.ts';
import type { ClipCentre, SamplingHistory } from './report-data.ts';

const PLOT = { left: 30, top: 18, width: 340 };
/** Methods that take all clips of a video would cover the picture with dots. */
const MOST_DOTS = 8;

type Drawn = SamplingHistory & { positions: readonly ClipCentre[] };
type HeatmapOptions = { gamma: number; palette: ExpressionPalette; id: string };

/**
 * How the distribution over the clips of one training video was learned: an epoch a row, a clip position a column,
 * stronger for likelier, a dot where a clip was drawn.
 */
export function samplingHeatmap(history: SamplingHistory, options: HeatmapOptions): Markup | null {
  const { positions, records } = history;
  if (records.length === 0 || positions?.length === 0) return null;
  return markup`<figure class="heatmap">
<figcaption>${expressionName(history.label, options.palette)} <bdi class="path">${history.path}</bdi></figcaption>
${
  positions === null
    ? markup`<p class="quiet">Not drawn: its faces were prepared anew, or its labelled moment was changed, since the run was trained.</p>`
    : drawing({ ...history, positions }, options)
}
</figure>`;
}

function drawing(history: Drawn, { gamma, id }: HeatmapOptions): Markup {
  const { positions } = history;
  const records = [...history.records].sort((a, b) => a.epoch - b.epoch);
  const rows = records.map(({ scores }) => samplingDistribution(scores, positions.length, gamma));
  const rowHeight = Math.max(3, Math.min(10, 200 / rows.length));
  const height = coordinate(rowHeight * rows.length);
  const [first, last] = [effectiveClips(rows[0]!), effectiveClips(rows.at(-1)!)];
  const area = markup`x="${PLOT.left}" y="${PLOT.top}" width="${PLOT.width}" height="${height}"`;
  const y = (row: number) => coordinate(PLOT.top + (row + 0.5) * rowHeight);
  return markup`<svg viewBox="0 0 ${PLOT.left + PLOT.width + 4} ${coordinate(height + PLOT.top + 20)}" role="img" aria-label="Sampling distribution over ${countOf(rows.length, 'epoch')}: from ${first.toFixed(0)} to ${last.toFixed(1)} effective clips of ${positions.length}.">
<mask id="${id}"><image ${area} preserveAspectRatio="none" href="${greyPngUri(heatShades(rows))}"/></mask>
<rect class="cells-back" ${area}/>
<rect class="cells" ${area} mask="url(#${id})"/>
${momentBracket(history)}
${records.map((record, row) => drawnDots(record, y(row), history))}
${epochTicks(records, y)}
<text class="tick" x="${PLOT.left}" y="${coordinate(height + PLOT.top + 15)}">${seconds(positions[0]!.centreSec)}</text>
<text class="tick" x="${PLOT.left + PLOT.width}" y="${coordinate(height + PLOT.top + 15)}" text-anchor="end">${seconds(positions.at(-1)!.centreSec)}</text>
</svg>
<p class="quiet">Effective clips: ${first.toFixed(0)} at first, ${last.toFixed(1)} in the end.</p>`;
}

/** Middle of the column of a clip position. */
function columnX(position: number, { positions }: Drawn): number {
  return coordinate(PLOT.left + ((position + 0.5) / positions.length) * PLOT.width);
}

function momentBracket(history: Drawn): Markup | null {
  const { moment, positions } = history;
  const inside = ({ centreSec }: { centreSec: number }) =>
    moment !== null && moment.startSec <= centreSec && centreSec <= moment.endSec;
  const first = positions.findIndex(inside);
  if (first < 0) return null;
  const [left, right] = [columnX(first, history), columnX(positions.findLastIndex(inside), history)];
  return markup`<path class="moment-edge" d="M${left} ${PLOT.top - 1}v-5H${right}v5"/><text class="small" x="${left}" y="9">labelled</text>`;
}

function drawnDots({ starts }: SamplingRecord, y: number, history: Drawn): Markup[] {
  if (starts.length > MOST_DOTS) return [];
  return starts
    .map((start) => history.positions.findIndex(({ startFrame }) => startFrame === start))
    .filter((position) => position >= 0)
    .map((position) => markup`<circle class="drawn" cx="${columnX(position, history)}" cy="${y}" r="2"/>`);
}

function epochTicks(records: readonly SamplingRecord[], y: (row: number) => number): Markup[] {
  const every = Math.max(1, Math.ceil(records.length / 6));
  return records
    .map(({ epoch }, row) => ({ epoch, row }))
    .filter(({ row }) => row % every === 0)
    .map(
      ({ epoch, row }) =>
        markup`<text class="tick" x="${PLOT.left - 6}" y="${y(row) + 4}" text-anchor="end">${epoch}</text>`,
    );
}
