/** WebVTT (W3C): a cue for each label and moment, its rater as the voice. A NOTE on top tells video and time base. */
import { AppError } from '../../contract/errors.ts';
import { SEGMENT_KINDS, segmentsOf } from './segments.ts';
import type { AnnotatedVideo, MediaSegments, Segment, SegmentKind } from './segments.ts';

export function writeWebVtt(video: AnnotatedVideo): string {
  const segments = video.annotations.flatMap((annotation) => segmentsOf(annotation, video.durationSec));
  const cues = segments.toSorted((a, b) => a.startSec - b.startSec).map(cueText);
  return ['WEBVTT', noteText(video), ...cues].map((block) => `${block}\n`).join('\n');
}

function noteText(video: AnnotatedVideo): string {
  return [
    'NOTE',
    `media: ${oneLine(video.path)}`,
    `duration: ${video.durationSec} s, ${video.frameCount} frames, ${video.averageFps} frames/s on average`,
    `rate: ${video.variableFrameRate ? 'variable' : 'constant'}; times count from the container's start (${video.startSec} s)`,
    `sha256: ${video.contentHash}`,
  ].join('\n');
}

function cueText({ rater, kind, startSec, endSec, text }: Segment, i: number): string {
  const voice = rater === null ? '' : `<v ${escaped(oneLine(rater))}>`;
  return [`${kind} ${i + 1}`, `${clock(startSec)} --> ${clock(endSec)}`, `${voice}${escaped(oneLine(text))}`].join(
    '\n',
  );
}

/** A blank line would end a cue, and an arrow would begin one. */
function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function clock(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`;
}

const TIMING =
  /^(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})[ \t]+-->[ \t]+(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})(?:[ \t].*)?$/;

/**
 * @param name - name of the file; it names the video where no NOTE does
 * @throws AppError `bad-input` where it is not WebVTT or a cue cannot be read
 */
export function readWebVtt(text: string, name: string): MediaSegments[] {
  const blocks = text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .split(/\n{2,}/);
  if (!/^WEBVTT(?:[ \t\n]|$)/.test(blocks[0] ?? ''))
    throw new AppError('bad-input', `${name} is not WebVTT: it does not begin with WEBVTT.`);
  const media = /^NOTE\b[^]*?^media: (.+)$/m.exec(text.slice(0, 5000))?.[1] ?? name.replace(/\.vtt$/i, '');
  const cues = blocks.slice(1).filter((block) => block.trim() !== '' && !/^(NOTE|STYLE|REGION)\b/.test(block.trim()));
  return [{ media: media.trim(), segments: cues.map((block) => cueSegment(block.trim().split('\n'), name)) }];
}

function cueSegment(lines: readonly string[], name: string): Segment {
  const at = lines.findIndex((line) => line.includes('-->'));
  const timing = TIMING.exec(lines[at] ?? '');
  if (timing === null || at > 1)
    throw new AppError(
      'bad-input',
      `${name}: a cue has no timing that can be read: '${lines.slice(0, 2).join(' / ')}'.`,
      {
        hint: 'Expected a line like 00:00:01.000 --> 00:00:02.500 in each cue.',
      },
    );
  const [startSec, endSec] = [secondsOf(timing.slice(1, 5)), secondsOf(timing.slice(5, 9))];
  if (!(endSec > startSec)) throw new AppError('bad-input', `${name}: the cue '${lines[at]}' ends before it starts.`);
  const [id = ''] = at === 1 ? lines : [];
  const kind = SEGMENT_KINDS.find((one) => id.startsWith(`${one} `)) ?? null;
  const payload = lines.slice(at + 1).join(' ');
  const voice = /^<v(?:\.[^ \t>]*)?[ \t]+([^>]+)>/.exec(payload)?.[1];
  return {
    rater: voice === undefined ? null : plain(voice),
    kind: kind as SegmentKind | null,
    startSec,
    endSec,
    text: plain(payload),
  };
}

function secondsOf([h = '0', m, s, ms]: (string | undefined)[]): number {
  return Number(h) * 3600 + Number(m) * 60 + Number(s) + Number(ms) / 1000;
}

/** Text without tags. Every character reference that this program writes, and the two common others. */
function plain(text: string): string {
  const signs: Record<string, string> = { lt: '<', gt: '>', nbsp: '\u00A0', quot: '"', amp: '&' };
  return text
    .replace(/<[^>]*>/g, '')
    .replace(/&(lt|gt|nbsp|quot|amp);/g, (_, sign: string) => signs[sign]!)
    .trim();
}
