import { classTable } from './class-table.ts';
import { confusionTable, worstConfusion } from './confusion-table.ts';
import { ExpressionPalette } from '../contract/expression-palette.ts';
import { gammaSection } from './gamma-section.ts';
import { headlineFigures } from './headline-figures.ts';
import { learningCurves } from './learning-curves.ts';
import { markup, type Markup } from './markup.ts';
import { count, gammaText } from './number-format.ts';
import { renderPage } from './page-frame.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { protocolBadge } from './protocol-badge.ts';
import type { ReportData } from './report-data.ts';
import { samplingHeatmap } from './sampling-heatmap.ts';
import { videosSection } from './videos-section.ts';

/**
 * The report of a run on one split as one HTML file: no network, nothing outside the file, only its own style and
 * script may run (content security policy by hash). All text of users is escaped.
 */
export function renderReport(data: ReportData): string {
  const palette = new ExpressionPalette(data.evaluation.classes);
  const body = markup`<a class="skip" href="#videos">Skip to the videos</a>
${masthead(data)}
<main>
<section aria-label="Figures">${headlineFigures(data.evaluation)}
${protocolBadge(data.evaluation.protocol, data.run.engine)}
${[...data.run.notes, ...(data.evaluation.notes ?? [])].map((note) => markup`<p class="quiet below">${note}</p>`)}
${unscored(data)}</section>
<div class="pair">
<section class="card" aria-labelledby="confusion-title"><h2 id="confusion-title">Confusion</h2>${confusionTable(data.evaluation, palette)}</section>
<section class="card" aria-labelledby="classes-title"><h2 id="classes-title">Expressions</h2>${classTable(data.evaluation, palette)}</section>
</div>
<section class="card" aria-labelledby="learning-title"><h2 id="learning-title">Learning</h2>${learningCurves(data.epochs, data.evaluation.classes.length)}</section>
${sampling(data, palette)}
${gammaSection(data.gammaCurve, gammaOf(data.config))}
${videosSection(data.videos, data.evaluation.n, { classes: data.evaluation.classes, palette })}
</main>
${footer(data)}`;
  return renderPage({
    title: `${data.run.name} on ${data.project}: Apexscope report`,
    style: pageStyle(palette),
    script: PAGE_SCRIPT,
    body,
    gamma: gammaText(gammaOf(data.config) ?? 1),
  });
}

/** The inverse temperature at which the run pools a video; null for the joint softmax, which has none. */
function gammaOf({ pooling, gamma }: ReportData['config']): number | null {
  if (pooling === 'joint-softmax') return null;
  if (pooling === 'average') return 0;
  return pooling === 'max' ? Infinity : gamma;
}

function masthead({ run, project, evaluation, config }: ReportData): Markup {
  const { n, war, localisation } = evaluation;
  const worst = worstConfusion(evaluation);
  const right = `${Math.round(war * n)} of ${count(n, `${evaluation.split} video`)} recognised`;
  const pointed = localisation
    ? `; the heaviest moment lies inside the labelled one in ${Math.round(localisation.pointing * localisation.n)} of ${localisation.n}`
    : '';
  const mistake = worst ? ` The most frequent mistake: ${worst.truth} taken for ${worst.predicted} (${worst.n}).` : '';
  const gamma = gammaOf(config);
  const pooling = `${config.pooling} pooling${gamma === null ? '' : `, γ ${gammaText(gamma)}`}`;
  const setup = [project, config.model, pooling, run.createdAt.slice(0, 10)];
  return markup`<header class="masthead">
<p class="brand">Apexscope</p>
<h1>${run.name}</h1>
<p class="lede">${right}${pointed}.${mistake}</p>
<p class="setup">${setup.join(' · ')}</p>
</header>`;
}

function unscored({ evaluation }: ReportData): Markup | null {
  const { unscored: videos } = evaluation;
  if (videos.length === 0) return null;
  return markup`<details class="below"><summary class="quiet">${count(videos.length, 'video')} could not be scored and ${videos.length === 1 ? 'counts' : 'count'} as wrong</summary>
<ul class="unscored">${videos.map(({ path, reason }) => markup`<li><bdi>${path}</bdi>: ${reason}</li>`)}</ul></details>`;
}

function sampling({ sampling: histories, config }: ReportData, palette: ExpressionPalette): Markup | null {
  const maps = histories.map((history, i) => samplingHeatmap(history, { gamma: config.gamma, palette, id: `m${i}` }));
  if (maps.every((map) => map === null)) return null;
  return markup`<section class="card" aria-labelledby="sampling-title"><h2 id="sampling-title">Where it learned to look</h2>
<p class="quiet note">Training videos. A row is an epoch, the first at the top; a column is a clip; the stronger the colour, the likelier softmax sampling would draw it. Dots are the clips that were drawn.</p>
<div class="heatmaps">${maps}</div></section>`;
}

function footer({ run, config }: ReportData): Markup {
  const settings = Object.entries(config).map(([name, value]) => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]);
  return markup`<footer>
<p>Apexscope ${run.apexscopeVersion}, Node ${run.nodeVersion}, ${run.engine.name} on ${run.engine.device}. This file needs no network and loads nothing.</p>
<details><summary>All settings of the run</summary><dl>${settings.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}</dl></details>
</footer>`;
}
