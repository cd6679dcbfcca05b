import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { POOLING_NAMES } from '../../../src-main/contract/config.ts';
import type { Protocol } from '../../../src-main/contract/records.ts';
import { renderReport } from '../../../src-main/report/render-report.ts';
import { exampleReport, exampleVideo } from './example-report.ts';

const VOID = new Set(['meta', 'br', 'input']);

/** Names of elements that are not closed, or closed without being open. */
function unbalanced(html: string): string[] {
  const markup = html.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, '');
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, close, name, attributes] of markup.matchAll(/<(\/?)([a-zA-Z][\w-]*)((?:[^>"]|"[^"]*")*)>/g)) {
    if (attributes!.endsWith('/') || VOID.has(name!)) continue;
    if (close === '') open.push(name!);
    else if (open.pop() !== name) wrong.push(name!);
  }
  return [...wrong, ...open];
}

/** What a reader sees, without tags. */
function textOf(html: string): string {
  return html
    .replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/[\s\u202f\u00a0]+/g, ' ');
}

const withProtocol = (changes: Partial<Protocol>) => {
  const data = exampleReport();
  return exampleReport({
    evaluation: { ...data.evaluation, protocol: { ...data.evaluation.protocol, ...changes } },
  });
};

describe('renderReport', () => {
  const html = renderReport(exampleReport());
  const text = textOf(html);

  it('closes every element that it opens', () => {
    expect(unbalanced(html)).toEqual([]);
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
  });

  it('shows the figures with interval and chance first', () => {
    expect(text).toMatch(/WAR 50\.0 % .*95 % 21\.3 – 78\.7 % largest class 50\.0 %/);
    expect(text).toMatch(/UAR 58\.3 % .*95 % 25\.1 – 84\.9 % chance 33\.3 %/);
    expect(text).toMatch(/Pointing 75\.0 % .*of 4 videos; 67\.1 % of all weight.*uniform weights 31\.0 %/);
    expect(text.indexOf('UAR 58.3')).toBeLessThan(text.indexOf('Confusion'));
  });

  it('says why there is no interval where all videos show one person', () => {
    const { evaluation } = exampleReport();
    const protocol = { ...evaluation.protocol, subjects: 1 };
    const none = { warInterval: null, uarInterval: null, protocol };
    const alone = textOf(renderReport(exampleReport({ evaluation: { ...evaluation, ...none } })));
    expect(alone).toContain('There is no 95 % interval: all videos show one person.');
    expect(alone).toMatch(/WAR 50\.0 % of all videos recognised largest class/);
    expect(alone).not.toContain('bootstrap');
  });

  it('says in one sentence what came out', () => {
    expect(text).toContain(
      '2 of 4 test videos recognised; the heaviest moment lies inside the labelled one in 3 of 4.',
    );
    expect(text).toContain('The most frequent mistake: anger taken for fear (1).');
  });

  it('shows the protocol, and warns where it would flatter', () => {
    expect(text).toContain('✓ people disjoint from training');
    expect(text).toContain('✓ epoch selected on val');
    expect(text).toMatch(/split test videos 4 of 2 people seed 7 data cafe01234567 engine wasm/);
    expect(text).toContain('Two people are known.');
    expect(textOf(renderReport(withProtocol({ subjectDisjoint: false })))).toContain('! people may also occur');
    expect(textOf(renderReport(withProtocol({ selectedOn: 'test' })))).toContain('! epoch selected on test, the split');
    expect(textOf(renderReport(withProtocol({ split: 'val' })))).toContain('! epoch selected on val, the split');
  });

  it('warns where the run was not finished, and only there', () => {
    const withEpochs = (trained: number, finished: boolean) =>
      textOf(renderReport(withProtocol({ epochs: { trained, planned: 60, finished } })));
    expect(withEpochs(3, false)).toContain('! trained 3 of 60 epochs, not finished');
    expect(withEpochs(24, true)).not.toContain('60 epochs');
    expect(text).not.toContain('not finished');
  });

  it('lists videos that could not be scored, with the reason', () => {
    expect(text).toContain('1 video could not be scored and counts as wrong people/dark.mp4 : No face was found.');
  });

  it('has a confusion matrix whose cells name their videos', () => {
    expect(html).toContain('data-truth="anger" data-predicted="fear"');
    expect(html).toContain('aria-label="1 video: fear, predicted anger, 100 per cent of the row"');
    expect(html).toContain('aria-label="1 video: sadness, not scored, 100 per cent of the row"');
  });

  it('marks the labelled and the heaviest moment of each video in words too', () => {
    expect(html).toContain('Weight of 4 clips over 4.0 seconds. Heaviest moment 1.00–2.00');
    expect(html).toContain('Labelled moment 0.50–2.25');
  });

  it('groups videos by where the model was wrong', () => {
    const order = ['Where the model was wrong', 'wrong.mp4', 'dark.mp4', 'Right, but', 'outside.mp4', 'right.mp4'];
    const places = order.map((part) => text.indexOf(part, text.indexOf('Videos and their moments')));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(Math.min(...places)).toBeGreaterThan(0);
  });

  it('stays of bounded size for very many videos, and says so', () => {
    const many = Array.from({ length: 700 }, (_, i) => exampleVideo(`v${i}`, i < 300 ? 'fear' : 'anger'));
    const page = renderReport(exampleReport({ videos: many }));
    expect(page.match(/<details class="video"/g)).toHaveLength(150);
    const { evaluation } = exampleReport();
    const large = exampleReport({ videos: many, evaluation: { ...evaluation, n: 700 } });
    expect(textOf(renderReport(large))).toContain('150 of 700 videos are shown');
  });

  it('marks the γ that the pooling method really uses', () => {
    const marked = (pooling: (typeof POOLING_NAMES)[number]) => {
      const { config, ...data } = exampleReport();
      const page = textOf(renderReport({ ...data, config: { ...config, pooling } }));
      return /this run: (γ \w+)/.exec(page)?.[1];
    };
    expect(POOLING_NAMES.map(marked)).toEqual(['γ 0', 'γ max', 'γ 1', 'γ 1', 'γ 1', 'γ 1', undefined]);
  });

  it('says where all clips weigh the same', () => {
    const flat = exampleVideo('flat', 'anger', { heaviest: null });
    expect(textOf(renderReport(exampleReport({ videos: [flat] })))).toContain('All clips weigh the same.');
  });

  it('says what the intervals draw, and what was not judged', () => {
    const withPeople = (subjects: number, unnamed?: number) => {
      const { evaluation } = exampleReport();
      const protocol = { ...evaluation.protocol, n: 100, subjects, ...(unnamed !== undefined && { unnamed }) };
      const notes = ['Not judged, of 101 in the test split: 1 that left the project.'];
      return textOf(renderReport(exampleReport({ evaluation: { ...evaluation, notes, protocol } }))).replaceAll(
        '\u00a0',
        ' ',
      );
    };
    expect(withPeople(1, 99)).toContain('bootstrap intervals over 1 person and 99 videos without a person.');
    expect(withPeople(2, 0)).toContain('bootstrap intervals over 2 people; with so few they are rough.');
    expect(withPeople(20)).toContain('bootstrap intervals over 20 people.');
    expect(withPeople(0, 100)).toContain('bootstrap intervals over 100 videos.');
    expect(withPeople(0)).toContain('Not judged, of 101 in the test split: 1 that left the project.');
  });

  it('counts one of a kind in words for one', () => {
    const one = exampleVideo('one', 'anger');
    const prediction = { ...one.prediction, clips: one.prediction.clips.slice(0, 1) };
    const [epoch] = exampleReport().epochs;
    const page = renderReport(exampleReport({ epochs: [epoch!], videos: [{ ...one, prediction }] }));
    expect(page).toContain('Weight of 1 clip over');
    expect(page).toContain('after 1 epoch.');
  });

  it('shows phases, the kept epoch, and how the sampling sharpened', () => {
    expect(text).toMatch(/warm-up exploration softmax .*kept: epoch 5/);
    expect(text).toContain('Effective clips: 4 at first, 3.5 in the end.');
  });

  it('names nothing outside itself and lets only its own style and script run', () => {
    const urls = html.match(/(?:https?:)?\/\/[\w.-]+\.\w+[^\s"'<]*/g) ?? [];
    expect(urls).toEqual(['http://www.w3.org/2000/svg']);
    expect(html).not.toMatch(/\s(?:style|on\w+)="/);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!.replaceAll('&#39;', "'");
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)![1]!;
    const script = /<script>([\s\S]*?)<\/script>/.exec(html)![1]!;
    const hash = (content: string) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
    expect(policy).toBe(
      `default-src 'none'; img-src data:; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`,
    );
  });

  it('escapes names, labels and notes wherever they stand', () => {
    const evil = `</script><img src=x onerror="alert('1')">&`;
    const video = exampleVideo('evil', 'anger', { subject: evil });
    const data = exampleReport({
      project: evil,
      videos: [{ ...video, prediction: { ...video.prediction, path: evil, note: evil } }],
    });
    const page = renderReport({ ...data, run: { ...data.run, name: evil } });
    expect(page).not.toContain('<img src=x');
    expect(page).toContain('&#60;/script&#62;&#60;img src=x onerror=&#34;alert(&#39;1&#39;)&#34;&#62;&#38;');
    expect(unbalanced(page)).toEqual([]);
  });

  it('escapes class names inside the data of the page', () => {
    const data = exampleReport();
    const classes = ['anger', 'fear', '</script><b>'];
    const { anger, fear, sadness } = data.evaluation.perClass;
    const perClass = { anger: anger!, fear: fear!, [classes[2]!]: sadness! };
    const page = renderReport({ ...data, evaluation: { ...data.evaluation, classes, perClass } });
    expect(page).not.toContain('</script><b>');
    expect(page).toContain(String.raw`\u003c/script\u003e\u003cb\u003e`);
  });

  it('holds for a run without epochs, sampling, moments, labels or videos', () => {
    const data = exampleReport({ epochs: [], sampling: [], gammaCurve: [], videos: [] });
    delete data.evaluation.localisation;
    const page = renderReport(data);
    expect(unbalanced(page)).toEqual([]);
    expect(textOf(page)).toContain('No epoch was recorded.');
    expect(textOf(page)).toMatch(/Coverage 93\.0 % of the frames show a face/);
    const unlabelled = exampleVideo('plain', 'anger', { truth: null, moment: null, heaviest: null, thumbnails: [] });
    expect(unbalanced(renderReport(exampleReport({ videos: [unlabelled] })))).toEqual([]);
  });

  it('draws numbers only: no NaN or Infinity reaches a drawing', () => {
    const [one] = exampleVideo('x', 'anger').prediction.clips;
    const still = exampleVideo('still', 'anger');
    const prediction = { ...still.prediction, durationSec: 0, clips: [{ ...one!, weight: 1, endSec: 0 }] };
    const page = renderReport(
      exampleReport({ epochs: exampleReport().epochs.slice(0, 1), videos: [{ ...still, prediction }] }),
    );
    expect(page.replace(/<script[\s\S]*?<\/script>/g, '')).not.toMatch(/NaN|Infinity|undefined/);
  });
});
