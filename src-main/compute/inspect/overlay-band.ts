import sharp from 'sharp';
import { centreOf, decisionStretches } from '../../contract/decision-stretches.ts';
import type { ExpressionPalette } from '../../contract/expression-palette.ts';
import { largestOf } from '../../contract/largest-of.ts';
import type { Moment, VideoPrediction } from '../../contract/records.ts';

/** Height of the band under the picture, pixels; even, as h264 wants it. */
export const BAND_HEIGHT = 92;
const [TEXT_Y, TOP, BOTTOM, RIBBON] = [20, 30, 72, 16] as const;

export type BandFacts = {
  prediction: VideoPrediction;
  truth: string | null;
  moment: Moment | null;
  palette: ExpressionPalette;
};

/** The weights of a video, what each clip alone shows and the decision, as a picture u8 [h,w,c]; the playhead is not in it. */
export async function overlayBand(
  { prediction, truth, moment, palette }: BandFacts,
  width: number,
): Promise<Uint8Array> {
  const x = (sec: number) => (Math.min(sec, prediction.durationSec) / Math.max(prediction.durationSec, 0.001)) * width;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${BAND_HEIGHT}">
<rect width="100%" height="100%" fill="#121418"/>
${moment === null ? '' : `<rect x="${x(moment.startSec)}" width="${x(moment.endSec) - x(moment.startSec)}" y="${TOP}" height="${BOTTOM - TOP}" fill="#163324" stroke="#71d29d"/>`}
<path d="${areaPath(prediction, x)}" fill="#74bdec"/>
${decisionStretches(prediction.clips)
  .map(
    ({ decision, from, to }) =>
      `<rect x="${x(from)}" width="${x(to) - x(from)}" y="${BOTTOM + 2}" height="${RIBBON}" fill="${palette.expressions[decision]?.fill ?? '#888'}"/>`,
  )
  .join('\n')}
<text x="8" y="${TEXT_Y}" fill="#eceae5" font-family="sans-serif" font-size="15">${escaped(headline(prediction, truth))}</text>
</svg>`;
  const { data } = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return data;
}

function headline({ label, probabilities }: VideoPrediction, truth: string | null): string {
  const said = label === null ? 'not scored' : `${label} ${(100 * (probabilities[label] ?? 0)).toFixed(0)} %`;
  return truth === null ? said : `${said}, labelled ${truth}`;
}

function areaPath({ clips }: VideoPrediction, x: (sec: number) => number): string {
  if (clips.length === 0) return '';
  const highest = largestOf(clips.map(({ weight }) => weight));
  const y = (weight: number) => BOTTOM - (weight / highest) * (BOTTOM - TOP);
  const points = clips.map((clip) => `${x(centreOf(clip)).toFixed(1)} ${y(clip.weight).toFixed(1)}`);
  return `M${x(centreOf(clips[0]!))} ${BOTTOM}L${points.join('L')}L${x(centreOf(clips.at(-1)!))} ${BOTTOM}Z`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
