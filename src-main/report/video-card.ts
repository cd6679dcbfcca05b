import { chip, expressionName } from './expression-chip.ts';
import type { ExpressionPalette } from '../contract/expression-palette.ts';
import { markup, type Markup } from './markup.ts';
import { percent, percentNumber, span } from './number-format.ts';
import type { ReportVideo } from './report-data.ts';
import { sparkline, timeline } from './timeline.ts';

export type CardContext = { classes: readonly string[]; palette: ExpressionPalette };

export function isWrong({ prediction, truth }: ReportVideo): boolean {
  return truth !== null && prediction.label !== truth;
}

/** One video: a row that opens to its timeline, probabilities and gamma lens. */
export function videoCard(video: ReportVideo, context: CardContext, open: boolean): Markup {
  const { prediction, truth, contradiction } = video;
  return markup`<details class="video" id="v-${prediction.videoId}" data-video="${prediction.videoId}" data-truth="${truth ?? ''}" data-predicted="${prediction.label ?? ''}" data-wrong="${isWrong(video) ? '1' : '0'}" data-contradicting="${contradiction ? '1' : '0'}"${open && markup` open`}>
<summary>${summaryLine(video, context)}</summary>
<div class="body"><div class="seen">
${prediction.clips.length > 0 && timeline(video, context.classes, context.palette)}
${remarks(video)}
</div>
${prediction.clips.length > 0 && verdict(video, context)}</div>
</details>
`;
}

function summaryLine(video: ReportVideo, { palette }: CardContext): Markup {
  const { prediction, truth, subject, contradiction } = video;
  const wrong = isWrong(video);
  const sign = truth === null ? '·' : wrong ? '✗' : '✓';
  const spoken = truth === null ? 'unlabelled' : wrong ? 'wrong' : 'right';
  return markup`<span class="sign ${spoken}" aria-hidden="true">${sign}</span><span class="hidden">${spoken}: </span>
<bdi class="path" title="${prediction.path}">${prediction.path}</bdi>
<span class="tags">${contradiction && markup`<span class="flag">moment disagrees</span>`}${subject !== null && markup`<span class="subject">${subject}</span>`}</span>
${sparkline(video) ?? markup`<span class="spark"></span>`}
<span class="answer">${truth !== null && markup`${chip(truth, palette)}<span class="hidden">${truth}, predicted </span><span class="arrow" aria-hidden="true">→</span>`}${prediction.label === null ? markup`<span class="quiet">not scored</span>` : markup`${chip(prediction.label, palette)} <span class="said">${prediction.label}</span> <span class="sure">${percent(prediction.probabilities[prediction.label] ?? 0, 0)}</span>`}</span>`;
}

/** What a reader should know beside the picture. */
function remarks({ prediction, truth, contradiction, heaviest }: ReportVideo): Markup {
  const sentences = [
    prediction.note,
    contradiction?.reason === 'other-expression' &&
      `The heaviest moment alone shows ${contradiction.shows}, the label says ${truth ?? 'nothing'}.`,
    contradiction?.reason === 'outside-moment' && 'The heaviest moment lies outside the labelled one.',
    heaviest && `Heaviest clip ${span(heaviest)}.`,
    heaviest === null && prediction.clips.length > 1 && 'All clips weigh the same.',
    prediction.faceCoverage < 1 && `${percent(prediction.faceCoverage, 0)} of the frames show a face.`,
  ];
  return markup`<p class="quiet">${sentences.filter(Boolean).join(' ')}</p>`;
}

function verdict({ prediction, truth }: ReportVideo, { classes, palette }: CardContext): Markup {
  return markup`<div class="verdict">
<table class="probabilities"><caption class="hidden">Probability of each expression</caption><tbody>
${classes.map((name) => {
  const share = prediction.probabilities[name] ?? 0;
  return markup`<tr class="${name === prediction.label && 'chosen'}"><th scope="row">${expressionName(name, palette)}${name === truth && markup`<span class="label-mark" title="the label of the video">label</span>`}</th><td><svg class="bar ${palette.find(name)?.className}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="10"/><rect class="fill" width="${percentNumber(share, 2)}" height="10"/></svg></td><td class="number">${percentNumber(share)}</td></tr>
`;
})}</tbody></table>
${lens(prediction.videoId)}
</div>`;
}

/** Empty until the script of the page fills it. */
function lens(videoId: string): Markup {
  return markup`<div class="lens needs-script">
<label for="g-${videoId}">γ lens <output>this run</output></label>
<svg class="decisions" viewBox="0 0 101 6" preserveAspectRatio="none" aria-hidden="true"></svg>
<input type="range" id="g-${videoId}" min="0" max="100" step="1" aria-valuetext="this run">
<div class="ends"><span>average</span><button type="button">this run</button><span>maximum</span></div>
</div>`;
}
