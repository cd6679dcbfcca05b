import { describe, expect, test } from 'vitest';
import { writeBorisCsv } from '../../../../src-main/data/annotations/boris-csv.ts';
import { writeElan } from '../../../../src-main/data/annotations/elan.ts';
import { readAnnotationFile } from '../../../../src-main/data/annotations/formats.ts';
import { labelCsvDictionary, writeLabelCsv } from '../../../../src-main/data/annotations/label-csv.ts';
import { MediaMatcher } from '../../../../src-main/data/annotations/match-media.ts';
import { frameAt, framesOfMoment, momentOfFrames } from '../../../../src-main/data/annotations/moment-frames.ts';
import { annotationsOf } from '../../../../src-main/data/annotations/segments.ts';
import type { Annotation } from '../../../../src-main/data/annotations/segments.ts';
import { writeWebVtt } from '../../../../src-main/data/annotations/webvtt.ts';
import { annotatedVideo } from './annotated-video.ts';

const { timesSec, durationSec } = annotatedVideo([]);
const frames = { startFrame: 7, endFrame: 29 };
const moment = momentOfFrames(timesSec, frames, durationSec);

const said = annotatedVideo([
  { rater: 'Ada <1>', label: 'happiness', moment, confidence: 0.67, note: 'smiles & "laughs", then\nstops' },
  { rater: 'Ben', label: 'sehr "froh", ü' },
  { rater: 'Cy', rejected: true, note: 'no face' },
]);

const date = '2026-11-23T14:05:00Z';
const written = {
  'x.csv': writeLabelCsv([said], ({ path }) => path),
  'x.eaf': writeElan(said, { date, classes: ['happiness', 'a & b'], relativePath: './clip.mp4' }),
  'x.vtt': writeWebVtt(said),
  'boris.csv': writeBorisCsv([said], '2026-11-23 14:05:00'),
};

function readBack(name: keyof typeof written) {
  const [first, ...further] = readAnnotationFile(written[name], name).media;
  const rows = [first!, ...further].flatMap(({ segments }) => segments);
  return { media: first!.media, ...annotationsOf(rows, durationSec) };
}

const onFrames = (annotation: Annotation) => ({
  ...annotation,
  moment: annotation.moment && momentOfFrames(timesSec, framesOfMoment(timesSec, annotation.moment), durationSec),
});

describe('what is written is read back', () => {
  test.each(['x.csv', 'x.eaf'] as const)('%s: every rater with label, moment, confidence and note', (name) => {
    const { media, annotations, notes } = readBack(name);
    expect(annotations.map(onFrames)).toEqual(said.annotations);
    expect(media).toBe(said.path);
    expect(notes).toEqual([]);
  });

  test('x.vtt: all of it, with line ends in a note as blanks', () => {
    const { media, annotations } = readBack('x.vtt');
    const [ada, ...others] = said.annotations;
    expect(annotations.map(onFrames).toSorted(byRater)).toEqual([
      { ...ada!, note: 'smiles & "laughs", then stops' },
      ...others,
    ]);
    expect(media).toBe(said.path);
  });

  test('boris.csv: labels and moments of every rater', () => {
    const { media, annotations } = readBack('boris.csv');
    const bare = said.annotations.map((annotation) => ({ ...annotation, confidence: null, note: null }));
    expect(annotations.map(onFrames)).toEqual(bare);
    expect(media).toBe(said.place);
  });
});

const byRater = (a: Annotation, b: Annotation) => (a.rater ?? '').localeCompare(b.rater ?? '');

describe('what is written is what other programs expect', () => {
  test('a document of ELAN has slots in milliseconds, a tier for each rater and kind, and the video beside it', () => {
    const text = written['x.eaf'];
    expect(text).toContain('<TIME_SLOT TIME_SLOT_ID="ts3" TIME_VALUE="234"/>');
    expect(text).toContain(
      '<TIER LINGUISTIC_TYPE_REF="expression" TIER_ID="moment@Ada &lt;1&gt;" ANNOTATOR="Ada &lt;1&gt;">',
    );
    expect(text).toContain('RELATIVE_MEDIA_URL="./clip.mp4"');
    expect(text).toContain('MEDIA_URL="file:///data/ann%20&amp;%20%22bob%22/clip,%201%20%3C%C3%A9%3E.mp4"');
    expect(text).toContain('<CVE_VALUE DESCRIPTION="" LANG_REF="eng">a &amp; b</CVE_VALUE>');
  });

  test('WebVTT has cues with voices', () => {
    expect(written['x.vtt']).toContain('00:00:00.234 --> 00:00:01.001\n<v Ada &lt;1&gt;>happiness\n');
    expect(written['x.vtt'].startsWith('WEBVTT\n\nNOTE\nmedia: ')).toBe(true);
  });

  test('events of BORIS have its columns, and images by number', () => {
    const text = written['boris.csv'];
    const [header] = text.split('\n');
    expect(header).toContain(
      'Behavior,Behavioral category,Behavior type,Start (s),Stop (s),Duration (s),Media file name',
    );
    expect(text).toMatch(/happiness,moment,STATE,0\.234,1\.001,0\.767,.*,7,29,/);
  });

  test('every column of a table is explained, with frames counted from 0', () => {
    const [header] = written['x.csv'].split('\n');
    expect(written['x.csv']).toContain(',7,29,60,');
    const explained = labelCsvDictionary().split('\n').slice(1, -1);
    expect(explained.map((line) => line.split(',')[0])).toEqual(header!.split(','));
  });
});

describe('moments in frames', () => {
  test('survive rounding to a millisecond, on every frame', () => {
    for (let startFrame = 0; startFrame < 59; startFrame += 3) {
      const endFrame = Math.min(59, startFrame + 5);
      const exact = momentOfFrames(timesSec, { startFrame, endFrame }, durationSec);
      const rounded = { startSec: Number(exact.startSec.toFixed(3)), endSec: Number(exact.endSec.toFixed(3)) };
      expect(framesOfMoment(timesSec, rounded)).toEqual({ startFrame, endFrame });
    }
  });

  test('a time between two frames belongs to the first, before all to the first of all', () => {
    expect([-1, 0, 0.033, 0.04, 99].map((sec) => frameAt(timesSec, sec))).toEqual([0, 0, 0, 1, 59]);
  });
});

describe('files of others', () => {
  const eaf = (
    tiers: string,
  ) => `<?xml version="1.0"?><ANNOTATION_DOCUMENT AUTHOR="" DATE="" FORMAT="3.0" VERSION="3.0">
    <HEADER TIME_UNITS="milliseconds"><MEDIA_DESCRIPTOR MEDIA_URL="file:///C:/films/a%20b.mp4" TIME_ORIGIN="500"/></HEADER>
    <TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="1000"/><TIME_SLOT TIME_SLOT_ID="t2" TIME_VALUE="1500"/>
    <TIME_SLOT TIME_SLOT_ID="t3"/></TIME_ORDER>${tiers}</ANNOTATION_DOCUMENT>`;
  const tier = (id: string, from: string, to: string) =>
    `<TIER TIER_ID="${id}" PARTICIPANT="P"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a" TIME_SLOT_REF1="${from}"
     TIME_SLOT_REF2="${to}"><ANNOTATION_VALUE><![CDATA[joy]]></ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>`;

  test('ELAN: an annotation on a part is a moment, by the participant, from where the medium is played', () => {
    const [found] = readAnnotationFile(eaf(tier('emotion', 't1', 't2')), 'a.eaf').media;
    expect(found!.media).toBe('file:///C:/films/a%20b.mp4');
    expect(annotationsOf(found!.segments, 4).annotations).toMatchObject([
      { rater: 'P', label: 'joy', moment: { startSec: 1.5, endSec: 2 } },
    ]);
  });

  test('BORIS: tabular events are paired, below the facts of the observation', () => {
    const text = `Observation id,obs1\n\nTime,Media file path,Total length,FPS,Subject,Behavior,Behavioral category,Comment,Status
1.5,/x/a.mp4,9,25,,smile,,,START\n2,/x/a.mp4,9,25,,blink,,,POINT\n3.25,/x/a.mp4,9,25,,smile,,,STOP\n`;
    const { format, media } = readAnnotationFile(text, 'a.csv');
    expect(format).toBe('boris');
    expect(media).toEqual([
      { media: '/x/a.mp4', segments: [{ rater: null, kind: null, startSec: 1.5, endSec: 3.25, text: 'smile' }] },
    ]);
  });

  test('several labels on one video: the one for the whole holds, and the others are named', () => {
    const part = { rater: 'A', kind: null, startSec: 1, endSec: 2 };
    const { annotations, notes } = annotationsOf(
      [
        { ...part, text: 'fear' },
        { ...part, startSec: 0, endSec: 4, text: 'joy' },
        { ...part, startSec: 3, endSec: 3.5, text: 'joy' },
      ],
      4,
    );
    expect(annotations).toMatchObject([{ label: 'joy', moment: { startSec: 3, endSec: 3.5 } }]);
    expect(notes).toEqual([
      "A: one label a video: 'joy' is taken, not 'fear'",
      'A: one moment a video: the longest of 2 is taken',
    ]);
  });

  const refusal = (text: string, name: string) => {
    try {
      readAnnotationFile(text, name);
    } catch (error) {
      return (error as Error).message;
    }
    return null;
  };

  test.each([
    ['a.eaf', eaf('<TIER>'), /not a whole XML document/],
    ['a.eaf', '<html></html>', /root is html/],
    ['a.eaf', '', /not a whole XML document|root is missing/],
    ['a.eaf', `<!DOCTYPE x [<!ENTITY a "b">]>${eaf('')}`, /document type/],
    ['a.eaf', eaf(tier('e', 't1', 't3')), /no time of its own/],
    ['a.vtt', '1\n00:00:01.000 --> 00:00:02.000\nx', /does not begin with WEBVTT/],
    ['a.vtt', 'WEBVTT\n\n00:01 --> 00:02\nx', /no timing that can be read/],
    ['a.vtt', 'WEBVTT\n\n00:00:02.000 --> 00:00:01.000\nx', /ends before it starts/],
    ['a.csv', 'video,emotion\na,b\n', /no column path and label/],
    ['a.csv', 'path,label,start,end\na.mp4,joy,2,1\n', /line 2: the moment is from '2' to '1'/],
    ['a.csv', 'path,label,start,end\na.mp4,joy,2,1e999\n', /line 2: the moment is from '2' to '1e999'/],
    ['a.csv', 'path,label,confidence\na.mp4,joy,7\n', /line 2: confidence is '7'/],
    ['a.csv', 'Behavior,Start (s),Stop (s),Media file name\nx,a,2,m.mp4\n', /line 2: from 'a' to '2'/],
    ['a.csv', 'Behavior,Time,Status,Media file path\nx,1,STOP,m.mp4\n', /stops and never started/],
    ['a.csv', 'Behavior,Foo\nx,1\n', /no table of events of BORIS/],
    ['a.xlsx', 'PK', /no file of annotations/],
  ])('%s is refused with what is wrong', (name, text, expected) => {
    expect(refusal(text, name)).toMatch(expected);
  });
});

describe('the video that is meant', () => {
  const matcher = new MediaMatcher([
    { id: '1', path: '../videos/p1/a b.mp4' },
    { id: '2', path: '../videos/p2/a b.mp4' },
    { id: '3', path: '../videos/p2/c.mp4' },
    { id: '4', path: '../videos/p2/c.avi' },
  ]);

  test('is found by the end of its path, on any system, as a URL too', () => {
    expect(matcher.match('D:\\old\\p2\\a b.mp4')).toMatchObject({ id: '2' });
    expect(matcher.match('file:///old/p1/a%20b.mp4')).toMatchObject({ id: '1' });
    expect(matcher.match('./p2/c.avi')).toMatchObject({ id: '4' });
    expect(matcher.match('c.mp4')).toMatchObject({ id: '3' });
  });

  test('is not guessed', () => {
    expect(matcher.match('a b')).toMatchObject({ reason: expect.stringContaining('2 videos of the project') });
    expect(matcher.match('d.mp4')).toMatchObject({ reason: expect.stringContaining('no video') });
  });
});
