import { noIntervalReason } from '../contract/interval-words.ts';
import type { EvaluationReport, Interval, Localisation, Protocol } from '../contract/records.ts';
import { markup, type Markup } from './markup.ts';
import { count, percent, percentNumber } from './number-format.ts';

/** The figures a reader came for: WAR and UAR with interval and chance, and whether the weight lies on the moment. */
export function headlineFigures(evaluation: EvaluationReport): Markup {
  const { war, uar, warInterval, uarInterval, perClass, classes, n, protocol } = evaluation;
  const largestClass = Math.max(...classes.map((name) => perClass[name]!.n)) / n;
  const seen = classes.filter((name) => perClass[name]!.n > 0).length;
  return markup`<div class="figures">
${figure({
  name: 'WAR',
  meaning: 'of all videos recognised',
  value: war,
  interval: warInterval,
  chance: largestClass,
  chanceName: 'largest class',
})}
${figure({
  name: 'UAR',
  meaning: 'mean recall of the expressions',
  value: uar,
  interval: uarInterval,
  chance: 1 / seen,
  chanceName: 'chance',
})}
${evaluation.localisation ? pointingFigure(evaluation.localisation) : coverageFigure(evaluation.meanFaceCoverage)}
</div>
<p class="quiet">${warInterval === null ? `There is no 95 % interval: ${noIntervalReason(protocol)}.` : `Intervals are 95 % bootstrap intervals over ${drawnAnew(protocol)}.`}</p>`;
}

/** What the resamples draw: people, and one by one the videos whose person is not known. */
function drawnAnew({ n, subjects, unnamed = subjects > 0 ? 0 : n }: Protocol): string {
  if (subjects === 0) return count(n, 'video');
  const few = subjects + unnamed < 10 ? '; with so few they are rough' : '';
  const alone = unnamed > 0 ? ` and ${count(unnamed, 'video')} without a person` : '';
  return `${count(subjects, 'person', 'people')}${alone}${few}`;
}

type Figure = {
  name: string;
  meaning: string;
  value: number;
  interval: Interval | null;
  chance: number | null;
  chanceName: string;
};

function pointingFigure({ pointing, mass, uniform, n }: Localisation): Markup {
  return figure({
    name: 'Pointing',
    meaning: `heaviest moment inside the labelled one, of ${count(n, 'video')}; ${percent(mass)} of all weight lies there`,
    value: pointing,
    interval: null,
    chance: uniform,
    chanceName: 'uniform weights',
  });
}

function coverageFigure(coverage: number): Markup {
  return figure({
    name: 'Coverage',
    meaning: 'of the frames show a face',
    value: coverage,
    interval: null,
    chance: null,
    chanceName: '',
  });
}

function figure({ name, meaning, value, interval, chance, chanceName }: Figure): Markup {
  return markup`<article class="figure">
<h3>${name}</h3>
<p class="big">${percentNumber(value)}<small>%</small></p>
<p class="meaning">${meaning}</p>
${rangeBar(value, interval, chance)}
<dl>${interval && markup`<div><dt>95 %</dt><dd>${percentNumber(interval.low)} – ${percent(interval.high)}</dd></div>`}
${chance !== null && markup`<div><dt>${chanceName}</dt><dd>${percent(chance)}</dd></div>`}</dl>
</article>`;
}

/** From 0 to 100: the interval as a thick line, the value as a dot, chance as a tick. */
function rangeBar(value: number, interval: Interval | null, chance: number | null): Markup {
  const x = (share: number) => percentNumber(share, 2);
  return markup`<svg class="range" viewBox="0 0 320 26" aria-hidden="true"><svg x="8" width="304" height="26" overflow="visible">
<line class="axis" x1="0%" x2="100%" y1="13" y2="13"/>
${interval && markup`<line class="interval" x1="${x(interval.low)}%" x2="${x(interval.high)}%" y1="13" y2="13"/>`}
${chance !== null && markup`<line class="chance" x1="${x(chance)}%" x2="${x(chance)}%" y1="3" y2="23"/>`}
<circle class="value" cx="${x(value)}%" cy="13" r="6.5"/></svg></svg>`;
}
