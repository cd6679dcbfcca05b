import { markup, type Markup } from './markup.ts';
import { coordinate } from './number-format.ts';

/** One line. `values` has a number for every step of the chart; `tone` 1 is drawn solid, 2 dashed. */
export type Series = { name: string; values: readonly number[]; tone: 1 | 2 };

/** A stretch of steps, first to last, drawn as a band with its name. */
export type Band = { name: string; first: number; last: number };

export type LineChart = {
  title: string;
  /** Says what is to be seen, for those who cannot see it. */
  description: string;
  series: readonly Series[];
  bands: readonly Band[];
  /** A step to mark, and what is special about it. */
  mark: { step: number; name: string } | null;
  /** A level to draw dashed, such as chance. */
  level: { value: number; name: string } | null;
  /** The top of the scale; the bottom is 0. */
  top: number;
  formatY: (value: number) => string;
  xTitle: string;
  xLabel: (step: number) => string;
};

const WIDTH = 520;
const HEIGHT = 260;
const PLOT = { left: 44, right: 438, top: 36, bottom: 214 };
const LABEL_GAP = 15;

/** An SVG line chart with names at the ends of the lines, so that it needs no legend and no colour. */
export function lineChart(chart: LineChart): Markup {
  const steps = chart.series[0]?.values.length ?? 0;
  const scale = scaleOf(steps, chart.top);
  return markup`<figure class="chart">
<figcaption>${chart.title}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${chart.description}">
${chart.bands.map((band, i) => bandMarkup(band, i, scale))}
${chart.bands.map((band, i) => bandName(band, i, scale))}
${gridLines(chart, scale)}
${xTicks(chart, steps, scale)}
${chart.level && levelMarkup(chart.level, scale)}
${chart.mark && markMarkup(chart.mark, scale)}
${chart.series.map((series) => lineMarkup(series, scale, chart))}
${endLabels(chart.series, scale)}
</svg>
</figure>`;
}

type Scale = { x: (step: number) => number; y: (value: number) => number; half: number };

function scaleOf(steps: number, top: number): Scale {
  const gap = (PLOT.right - PLOT.left) / Math.max(1, steps);
  return {
    x: (step) => coordinate(PLOT.left + (step + 0.5) * gap),
    y: (value) => coordinate(PLOT.bottom - (Math.min(value, top) / top) * (PLOT.bottom - PLOT.top)),
    half: gap / 2,
  };
}

function bandMarkup({ first, last }: Band, index: number, { x, half }: Scale): Markup {
  const left = coordinate(x(first) - half);
  const width = coordinate(x(last) + half - left);
  return markup`<rect class="band band-${index % 2}" x="${left}" y="${PLOT.top}" width="${width}" height="${PLOT.bottom - PLOT.top}"/>
<path class="band-edge" d="M${left} ${PLOT.bottom}V${index % 2 === 0 ? 18 : 6}"/>`;
}

/** Names stand in two rows, because short phases are narrower than their names. */
function bandName({ name, first }: Band, index: number, { x, half }: Scale): Markup {
  return markup`<text class="small halo" x="${coordinate(x(first) - half + 4)}" y="${index % 2 === 0 ? 28 : 15}">${name}</text>`;
}

function gridLines({ top, formatY }: LineChart, { y }: Scale): Markup[] {
  return [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const height = y(share * top);
    return markup`<path class="grid" d="M${PLOT.left} ${height}H${PLOT.right}"/>
<text class="tick" x="${PLOT.left - 7}" y="${height + 4}" text-anchor="end">${formatY(share * top)}</text>`;
  });
}

function xTicks({ xLabel, xTitle }: LineChart, steps: number, { x }: Scale): Markup {
  const every = Math.max(1, Math.ceil(steps / 9));
  const ticks = Array.from({ length: steps }, (_, step) => step).filter((step) => step % every === 0);
  return markup`${ticks.map((step) => markup`<text class="tick" x="${x(step)}" y="232" text-anchor="middle">${xLabel(step)}</text>`)}
<text class="small" x="${(PLOT.left + PLOT.right) / 2}" y="252" text-anchor="middle">${xTitle}</text>`;
}

function levelMarkup({ value, name }: { value: number; name: string }, { y }: Scale): Markup {
  return markup`<path class="level" d="M${PLOT.left} ${y(value)}H${PLOT.right}"/>
<text class="small" x="${PLOT.right - 4}" y="${y(value) - 5}" text-anchor="end">${name}</text>`;
}

function markMarkup({ step, name }: { step: number; name: string }, { x }: Scale): Markup {
  const nearEnd = x(step) > (PLOT.left + PLOT.right) / 2;
  const anchor = nearEnd ? 'end' : 'start';
  return markup`<path class="mark" d="M${x(step)} ${PLOT.top}V${PLOT.bottom}"/>
<text class="small strong" x="${x(step) + (nearEnd ? -5 : 5)}" y="${PLOT.bottom - 7}" text-anchor="${anchor}">${name}</text>`;
}

function lineMarkup({ name, values, tone }: Series, { x, y }: Scale, { xLabel, formatY }: LineChart): Markup {
  const points = values.map((value, step) => `${x(step)} ${y(value)}`);
  const hovers = values.map(
    (value, step) =>
      markup`<circle class="hover" cx="${x(step)}" cy="${y(value)}" r="5"><title>${xLabel(step)}: ${name} ${formatY(value)}</title></circle>`,
  );
  const dot = values.length === 1 && markup`<circle class="dot-${tone}" cx="${x(0)}" cy="${y(values[0]!)}" r="4"/>`;
  return markup`<path class="line line-${tone}" d="M${points.join('L')}"/>${dot}${hovers}`;
}

/** Names where the lines end, pushed apart where they would overlap. */
function endLabels(series: readonly Series[], { y }: Scale): Markup[] {
  const ends = series
    .map(({ name, values, tone }) => ({ name, tone, at: y(values.at(-1) ?? 0) + 4 }))
    .sort((a, b) => a.at - b.at);
  for (let i = 1; i < ends.length; i++) ends[i]!.at = Math.max(ends[i]!.at, ends[i - 1]!.at + LABEL_GAP);
  return ends.map(
    ({ name, tone, at }) =>
      markup`<text class="end end-${tone}" x="${PLOT.right + 8}" y="${coordinate(at)}">${name}</text>`,
  );
}
