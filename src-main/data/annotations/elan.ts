/**
 * ELAN annotation documents (.eaf, schema 3.0): one tier for each rater and kind, named `label@rater`, because
 * annotations of one tier must not overlap. Times are whole milliseconds.
 */
import { pathToFileURL } from 'node:url';
import { SaxesParser } from 'saxes';
import { AppError } from '../../contract/errors.ts';
import { SEGMENT_KINDS, segmentsOf } from './segments.ts';
import type { AnnotatedVideo, MediaSegments, Segment, SegmentKind } from './segments.ts';

const LINGUISTIC_TYPE = 'expression';

export type ElanOptions = {
  /** ISO 8601, with a time zone. */
  date: string;
  /** Names that labels are chosen from. */
  classes: readonly string[];
  /** The video from where the document will lie, with forward slashes. */
  relativePath: string;
};

export function writeElan(video: AnnotatedVideo, options: ElanOptions): string {
  const segments = video.annotations.flatMap((annotation) => segmentsOf(annotation, video.durationSec));
  const slots = segments.flatMap(({ startSec, endSec }) => [startSec, endSec].map((sec) => Math.round(1000 * sec)));
  const tiers = Map.groupBy(
    segments.map((segment, i) => ({ segment, i })),
    ({ segment }) => `${segment.kind}@${segment.rater ?? ''}`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    element('ANNOTATION_DOCUMENT', documentAttributes(options.date)),
    headerText(video, options, segments.length),
    '  <TIME_ORDER>',
    ...slots.map((ms, i) => `    ${element('TIME_SLOT', { TIME_SLOT_ID: `ts${i + 1}`, TIME_VALUE: ms }, '/')}`),
    '  </TIME_ORDER>',
    ...[...tiers].flatMap(([id, found]) => tierLines(id, found)),
    typeText(),
    ...vocabularyLines(options.classes),
    '</ANNOTATION_DOCUMENT>\n',
  ].join('\n');
}

function documentAttributes(date: string): Record<string, string> {
  return {
    AUTHOR: 'Apexscope',
    DATE: date,
    FORMAT: '3.0',
    VERSION: '3.0',
    'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
    'xsi:noNamespaceSchemaLocation': 'http://www.mpi.nl/tools/elan/EAFv3.0.xsd',
  };
}

function headerText(video: AnnotatedVideo, { relativePath }: ElanOptions, annotations: number): string {
  const facts: Record<string, string | number> = {
    'apexscope.video': video.path,
    'apexscope.sha256': video.contentHash,
    'apexscope.frames': video.frameCount,
    'apexscope.fps': video.averageFps,
    'apexscope.variableFrameRate': String(video.variableFrameRate),
    'apexscope.containerStartSec': video.startSec,
    lastUsedAnnotationId: annotations,
  };
  const media = {
    MEDIA_URL: pathToFileURL(video.place).href,
    MIME_TYPE: /\.(mp4|m4v)$/i.test(video.path) ? 'video/mp4' : 'video/*',
    RELATIVE_MEDIA_URL: relativePath,
  };
  return [
    `  ${element('HEADER', { MEDIA_FILE: '', TIME_UNITS: 'milliseconds' })}`,
    `    ${element('MEDIA_DESCRIPTOR', media, '/')}`,
    ...Object.entries(facts).map(
      ([name, value]) => `    <PROPERTY NAME="${name}">${escaped(String(value))}</PROPERTY>`,
    ),
    '  </HEADER>',
  ].join('\n');
}

function tierLines(id: string, found: readonly { segment: Segment; i: number }[]): string[] {
  const rater = found[0]!.segment.rater;
  const attributes = { LINGUISTIC_TYPE_REF: LINGUISTIC_TYPE, TIER_ID: id, ...(rater !== null && { ANNOTATOR: rater }) };
  return [
    `  ${element('TIER', attributes)}`,
    ...found.flatMap(({ segment, i }) => [
      '    <ANNOTATION>',
      `      ${element('ALIGNABLE_ANNOTATION', {
        ANNOTATION_ID: `a${i + 1}`,
        TIME_SLOT_REF1: `ts${2 * i + 1}`,
        TIME_SLOT_REF2: `ts${2 * i + 2}`,
      })}`,
      `        <ANNOTATION_VALUE>${escaped(segment.text)}</ANNOTATION_VALUE>`,
      '      </ALIGNABLE_ANNOTATION>',
      '    </ANNOTATION>',
    ]),
    '  </TIER>',
  ];
}

function typeText(): string {
  const type = { GRAPHIC_REFERENCES: 'false', LINGUISTIC_TYPE_ID: LINGUISTIC_TYPE, TIME_ALIGNABLE: 'true' };
  return `  ${element('LINGUISTIC_TYPE', type, '/')}`;
}

function vocabularyLines(classes: readonly string[]): string[] {
  return [
    `  ${element('LANGUAGE', { LANG_DEF: 'http://cdb.iso.org/lg/CDB-00138502-001', LANG_ID: 'eng', LANG_LABEL: 'English (eng)' }, '/')}`,
    `  ${element('CONTROLLED_VOCABULARY', { CV_ID: 'expressions' })}`,
    '    <DESCRIPTION LANG_REF="eng"/>',
    ...classes.flatMap((name, k) => [
      `    ${element('CV_ENTRY_ML', { CVE_ID: `cve${k}` })}`,
      `      <CVE_VALUE DESCRIPTION="" LANG_REF="eng">${escaped(name)}</CVE_VALUE>`,
      '    </CV_ENTRY_ML>',
    ]),
    '  </CONTROLLED_VOCABULARY>',
  ];
}

function element(name: string, attributes: Record<string, string | number>, end: '' | '/' = ''): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  return `<${name}${written.join('')}${end}>`;
}

/** Also takes out control characters, which XML cannot hold. */
function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '') // eslint-disable-line no-control-regex -- they are what is meant
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

type Tier = { id: string; annotator: string | null; annotations: { from: string; to: string; text: string }[] };
type Document = {
  /** `originMs`: so much of the start of the medium is skipped, so time 0 of the annotations lies there. */
  media: { url: string; relative: string; originMs: number }[];
  slots: Map<string, number>;
  tiers: Tier[];
  video: string;
};

/** @throws AppError `bad-input` where it is not XML, not of ELAN, or names no video */
export function readElan(text: string, name: string): MediaSegments[] {
  const found = parseDocument(text, name);
  const media = found.media[0];
  const named = found.video || media?.relative || media?.url || '';
  if (named === '') throw new AppError('bad-input', `${name} names no video (MEDIA_DESCRIPTOR).`);
  const originMs = media?.originMs ?? 0;
  return [
    { media: named, segments: found.tiers.flatMap((tier) => tierSegments(tier, found.slots, { originMs, name })) },
  ];
}

function tierSegments(
  tier: Tier,
  slots: Document['slots'],
  { originMs, name }: { originMs: number; name: string },
): Segment[] {
  const [kindName = '', ...rest] = tier.id.split('@');
  const kind = SEGMENT_KINDS.includes(kindName as SegmentKind) && rest.length > 0 ? (kindName as SegmentKind) : null;
  const rater = tier.annotator ?? (kind === null ? tier.id : rest.join('@') || null);
  return tier.annotations.map(({ from, to, text }) => {
    const [startMs, endMs] = [slots.get(from), slots.get(to)];
    if (startMs === undefined || endMs === undefined || endMs <= startMs)
      throw new AppError(
        'bad-input',
        `${name}: the annotation '${text}' of the tier ${tier.id} has no time of its own.`,
        {
          hint: 'Align it in ELAN (right click, Modify annotation time), then save again.',
        },
      );
    return { rater, kind, startSec: (startMs + originMs) / 1000, endSec: (endMs + originMs) / 1000, text };
  });
}

function parseDocument(text: string, name: string): Document {
  const found: Document = { media: [], slots: new Map(), tiers: [], video: '' };
  const parser = new SaxesParser();
  let root = '';
  let content = '';
  let property = '';
  parser.on('doctype', () => {
    throw new AppError('bad-input', `${name} brings a document type of its own, which ELAN does not write.`);
  });
  parser.on('error', (error) => {
    throw new AppError('bad-input', `${name} is not a whole XML document: ${error.message}`, { cause: error });
  });
  parser.on('opentag', ({ name: tag, attributes }) => {
    root ||= tag;
    content = '';
    property = tag === 'PROPERTY' ? (attributes['NAME'] ?? '') : property;
    takeTag(found, tag, attributes);
  });
  parser.on('text', (part) => (content += part));
  parser.on('cdata', (part) => (content += part));
  parser.on('closetag', ({ name: tag }) => {
    const annotation = found.tiers.at(-1)?.annotations.at(-1);
    if (tag === 'ANNOTATION_VALUE' && annotation) annotation.text = content.trim();
    if (tag === 'PROPERTY' && property === 'apexscope.video') found.video = content.trim();
  });
  parser.write(text).close();
  if (root !== 'ANNOTATION_DOCUMENT')
    throw new AppError('bad-input', `${name} is not a document of ELAN: its root is ${root || 'missing'}.`);
  return found;
}

function takeTag(found: Document, tag: string, attributes: Record<string, string>): void {
  const given = (attribute: string) => attributes[attribute] ?? '';
  if (tag === 'MEDIA_DESCRIPTOR')
    found.media.push({
      url: given('MEDIA_URL'),
      relative: given('RELATIVE_MEDIA_URL'),
      originMs: Number(given('TIME_ORIGIN') || 0),
    });
  if (tag === 'TIME_SLOT' && 'TIME_VALUE' in attributes)
    found.slots.set(given('TIME_SLOT_ID'), Number(given('TIME_VALUE')));
  if (tag === 'TIER')
    found.tiers.push({
      id: given('TIER_ID'),
      annotator: given('ANNOTATOR') || given('PARTICIPANT') || null,
      annotations: [],
    });
  if (tag === 'ALIGNABLE_ANNOTATION')
    found.tiers.at(-1)?.annotations.push({ from: given('TIME_SLOT_REF1'), to: given('TIME_SLOT_REF2'), text: '' });
}
