import { centreOf } from '../contract/decision-stretches.ts';
import { markup, scriptJson, type Markup } from './markup.ts';
import { coordinate, count } from './number-format.ts';
import type { ReportVideo } from './report-data.ts';
import { TIMELINE } from './timeline.ts';
import { isWrong, videoCard, type CardContext } from './video-card.ts';

/** A group of videos: how many of it are shown at most, and how many stand open at first. */
type Group = { title: string; videos: ReportVideo[]; most: number; open: number };

/** The videos, the mistakes first, with a filter; of very many, the most telling. `total` is the size of the split. */
export function videosSection(videos: readonly ReportVideo[], total: number, context: CardContext): Markup {
  const groups = groupsOf(videos);
  const shown = shownVideos(videos);
  const wrong = shown.filter(isWrong).length;
  const flagged = shown.filter(({ contradiction }) => contradiction !== null).length;
  return markup`<section id="videos" aria-labelledby="videos-title">
<h2 id="videos-title">Videos and their moments</h2>
${shown.length < total && markup`<p class="quiet note">${shown.length} of ${total} videos are shown, the clearest mistakes and contradictions among them.</p>`}
${legend(context)}
${filterBar(shown.length, wrong, flagged)}
${groups.map((group) => groupMarkup(group, context))}
<p class="quiet nothing" hidden>No video here fits the filter.</p>
<script type="application/json" id="clips">${scriptJson(lensData(shown, context))}</script>
</section>`;
}

/** Those of very many that the report has room for. */
export function shownVideos(videos: readonly ReportVideo[]): ReportVideo[] {
  return groupsOf(videos).flatMap((group) => group.videos.slice(0, group.most));
}

function groupsOf(videos: readonly ReportVideo[]): Group[] {
  const wrong = videos.filter(isWrong).sort((a, b) => certainty(b) - certainty(a));
  const others = videos.filter((video) => !isWrong(video));
  const contradicting = others
    .filter(({ contradiction }) => contradiction !== null)
    .sort((a, b) => b.contradiction!.severity - a.contradiction!.severity);
  const right = others
    .filter(({ contradiction }) => contradiction === null)
    .sort((a, b) => a.prediction.path.localeCompare(b.prediction.path));
  return [
    { title: 'Where the model was wrong', videos: wrong, most: 100, open: 4 },
    { title: 'Right, but the heaviest moment disagrees', videos: contradicting, most: 50, open: 3 },
    { title: 'Right', videos: right, most: 50, open: 4 },
  ];
}

function certainty({ prediction }: ReportVideo): number {
  return prediction.label === null ? -1 : (prediction.probabilities[prediction.label] ?? 0);
}

function filterBar(all: number, wrong: number, flagged: number): Markup {
  const choice = (value: string, name: string, n: number) =>
    markup`<button type="button" data-show="${value}" aria-pressed="${value === 'all' ? 'true' : 'false'}">${name} <b>${n}</b></button>`;
  return markup`<div class="filter needs-script" role="group" aria-label="Show videos">
${choice('all', 'All', all)}${choice('wrong', 'Wrong', wrong)}${choice('contradicting', 'Moment disagrees', flagged)}
<span class="cell-filter" role="status"></span></div>`;
}

function groupMarkup({ title, videos, most, open }: Group, context: CardContext): Markup | null {
  const shown = videos.slice(0, most);
  if (shown.length === 0) return null;
  return markup`<section class="group"><h3>${title} <span class="quiet">${count(shown.length, 'video')}</span></h3>
${shown.map((video, i) => videoCard(video, context, i < open && video.prediction.clips.length > 0))}</section>`;
}

function legend({ palette }: CardContext): Markup {
  return markup`<div class="legend">
<span><svg viewBox="0 0 26 14" aria-hidden="true"><path class="weights" d="M1 13C8 13 9 2 13 2s5 11 12 11Z"/></svg>weight of each clip for the predicted expression</span>
<span><svg viewBox="0 0 26 14" aria-hidden="true"><path class="uniform" d="M0 7H26"/></svg>if all weighed the same</span>
<span><svg viewBox="0 0 26 14" aria-hidden="true"><g class="heaviest"><path class="stem" d="M13 4V14"/><path class="tip" d="M8 0h10l-5 8z"/></g></svg>heaviest moment</span>
<span><svg viewBox="0 0 26 14" aria-hidden="true"><rect class="moment" x="2" y="1" width="22" height="13"/><path class="moment-edge" d="M2 14V1H24V14"/></svg>labelled moment</span>
<span><svg viewBox="0 0 26 14" aria-hidden="true">${palette.expressions.slice(0, 2).map(({ className, code }, i) => markup`<g class="${className}"><rect class="fill" x="${i * 13}" width="13" height="14"/><text class="code" x="${i * 13 + 6.5}" y="11" text-anchor="middle">${code}</text></g>`)}</svg>what each clip alone shows</span>
</div>`;
}

/** For the gamma lens: of each video where its clips are in the drawing, and their logits. */
function lensData(videos: readonly ReportVideo[], { classes, palette }: CardContext): unknown {
  return {
    chart: TIMELINE,
    expressions: classes.map((name) => ({
      name,
      code: palette.find(name)!.code,
      className: palette.find(name)!.className,
    })),
    videos: Object.fromEntries(
      videos.map(({ prediction: { videoId, clips, durationSec } }) => [
        videoId,
        {
          x: clips.map((clip) => coordinate((centreOf(clip) / Math.max(durationSec, 0.001)) * TIMELINE.width)),
          logits: clips.map(({ logits }) => logits.map((logit) => Number(logit.toFixed(3)))),
        },
      ]),
    ),
  };
}
