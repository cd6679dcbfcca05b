import type { ComparedSystem, CompareSummary, Spread, System } from '../contract/compare.ts';
import { ExpressionPalette } from '../contract/expression-palette.ts';
import { seedDots } from './compare-chart.ts';
import { markup, type Markup } from './markup.ts';
import { count, percent, percentNumber } from './number-format.ts';
import { renderPage } from './page-frame.ts';
import { pageStyle } from './page-style.ts';

export type ComparisonPage = { project: string; classes: readonly string[]; summary: CompareSummary };

/**
 * The page of a comparison, one HTML file: who recognises most, how far the seeds lie apart, where the weight lies and what
 * it cost; what could not be trained, and why. Runs link to their own reports.
 */
export function renderComparison({ project, classes, summary }: ComparisonPage): string {
  const { run, systems, refused, settings, notes } = summary;
  const best = systems.reduce((top, one) => (one.war.mean > top.war.mean ? one : top));
  const body = markup`${masthead(project, summary, best)}
<main>
<section class="card" aria-labelledby="table-title"><h2 id="table-title">Networks and pooling</h2>
<p class="quiet note">Per cent, mean ± deviation over seeds. Dots are seeds, the upright line their mean; the tick is the largest class, ${percent(summary.largestClass)}. Pointing: the heaviest moment lies inside the labelled one. Weight: share of it there.</p>
<div class="scroll"><table class="classes compared"><caption class="hidden">Networks and pooling methods over seeds</caption>
<thead><tr><th scope="col">network</th><th scope="col">pooling</th><th scope="col" colspan="2">WAR</th><th scope="col" class="number">UAR</th><th scope="col" class="number">epochs to best</th><th scope="col" class="number">pointing</th><th scope="col" class="number">weight</th><th scope="col" class="number">even weight</th><th scope="col" class="number">training</th></tr></thead>
<tbody>
${systems.map((system) => row(system, { best, chance: summary.largestClass }))}</tbody></table></div></section>
${notTrained(refused)}
${notes.map((note) => markup`<p class="quiet below">${note}</p>`)}
</main>
<footer><p>${summary.engine.name} on ${summary.engine.device}. This file needs no network and loads nothing.</p>
<details><summary>Settings and runs</summary><dl>${settings.map(({ model, set }) => markup`<dt>${model}</dt><dd>${set.length === 0 ? 'as published' : set.join(', ')}</dd>`)}</dl>
<ul class="runs">${systems.flatMap(({ runs }) => runs.map(({ run: name }) => markup`<li><a href="../../runs/${encodeURIComponent(name)}/${reportOf(summary.split)}">${name}</a></li>`))}</ul></details>
</footer>`;
  const style = `${pageStyle(new ExpressionPalette(classes))}${COMPARED}`;
  return renderPage({ title: `${run} on ${project}: Apexscope comparison`, style, script: null, body });
}

function masthead(project: string, { run, split, videos, systems }: CompareSummary, best: ComparedSystem): Markup {
  const unfinished = systems.filter(({ runs, seeds }) => runs.length < seeds).length;
  const setup = [project, count(videos, `${split} video`), count(systems.length, 'system'), count(best.seeds, 'seed')];
  return markup`<header class="masthead">
<p class="brand">Apexscope</p>
<h1>${run}</h1>
<p class="lede">${best.model} with ${poolingOf(best)} recognises most: ${figure(best.war)}${'\u202f'}% of the ${split} videos.${unfinished > 0 && ` ${count(unfinished, 'system')} not finished yet.`}</p>
<p class="setup">${setup.join(' · ')}</p>
</header>`;
}

function row(system: ComparedSystem, { best, chance }: { best: ComparedSystem; chance: number }): Markup {
  const { model, runs, seeds, war, uar, epochsToBest, localisation, seconds } = system;
  const cell = (text: string) => markup`<td class="number">${text}</td>`;
  const share = (spread: Spread | undefined) => cell(spread === undefined ? '–' : figure(spread));
  return markup`<tr class="${system === best && 'chosen'}"><th scope="row">${model}</th><td>${poolingOf(system)}${runs.length < seeds && ` (${runs.length} of ${count(seeds, 'seed')})`}</td>
<td class="dots">${seedDots(runs, 'war', { spread: war, chance })}</td>${share(war)}${share(uar)}${cell(epochsToBest.mean.toFixed(1))}${share(localisation?.pointing)}${share(localisation?.mass)}${share(localisation?.uniform)}${cell(timeText(seconds.mean))}</tr>
`;
}

function notTrained(refused: CompareSummary['refused']): Markup | null {
  if (refused.length === 0) return null;
  return markup`<section class="card" aria-labelledby="refused-title"><h2 id="refused-title">Not trained</h2>
<ul class="refused">${refused.map((one) => markup`<li><b>${one.model}</b> with ${poolingOf(one)}: ${one.reason}. <span class="quiet">${one.hint}</span></li>`)}</ul></section>`;
}

function poolingOf({ pooling, gamma }: System): string {
  return gamma === null ? pooling : `${pooling}, γ ${gamma}`;
}

function figure({ mean, deviation }: Spread): string {
  return deviation === null ? percentNumber(mean) : `${percentNumber(mean)} ± ${percentNumber(deviation)}`;
}

function timeText(seconds: number): string {
  return seconds < 90 ? `${seconds.toFixed(0)}\u202fs` : `${(seconds / 60).toFixed(1)}\u202fmin`;
}

/** As evaluation names the report of a run. */
function reportOf(split: CompareSummary['split']): string {
  return split === 'test' ? 'report.html' : `report-${split}.html`;
}

const COMPARED = `
.compared{font-size:14px}
.compared th[scope=row],.compared td:nth-child(2),.compared .number{white-space:nowrap}
.compared thead th{vertical-align:bottom}
.compared thead .number{white-space:normal}
.compared .dots,.seeds{width:150px}
.seeds{margin:0}
.seeds .seed{fill:var(--accent);fill-opacity:.55}
.seeds .mean{stroke:var(--ink);stroke-width:2.5}
.seeds .interval{opacity:.45}
.refused,.runs{margin:0;padding-left:20px}
.refused li{margin-bottom:6px}
.runs{margin-top:12px;columns:2}
a{color:var(--accent)}
`;
