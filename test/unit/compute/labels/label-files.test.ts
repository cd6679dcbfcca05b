import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeProxies, playbackOf, proxyPath } from '../../../../src-main/compute/labels/proxies.ts';
import { uniqueNames } from '../../../../src-main/compute/labels/export-labels.ts';
import { decodeFrames } from '../../../../src-main/media/decode.ts';
import { examineVideo } from '../../../../src-main/media/examine.ts';
import { openWindowApi } from '../../../support/window-api.ts';
import { readCode, writeCodedVideo } from '../../../support/media-fixtures.ts';
import { runCliJson } from '../../../support/cli.ts';
import { addVideo } from '../../store/new-video.ts';

let folder: string;
let dir: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apexscope-labels-'));
  dir = path.join(folder, 'p');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const ada = { rater: 'Ada', blind: false };

/** Two videos, one with a moment by Ada and an opinion of Ben. */
async function labelled() {
  const api = openWindowApi(dir, { create: true });
  const first = addVideo(api.project, 'one.mp4', 'anger');
  const second = addVideo(api.project, 'two.mp4', null);
  const moment = { startSec: 0.08, endSec: 0.2 };
  await api.call('label.set', { videoId: first, who: 'Ada', label: 'fear', moment, confidence: 0.6, note: 'eyes' });
  await api.call('label.set', { videoId: first, who: 'Ben', label: 'joy', holds: false });
  return { api, first, second, moment, [Symbol.dispose]: () => api[Symbol.dispose]() };
}

describe('the calls of the Label tab', () => {
  test('tell who said what, with the keys in the usual order', async () => {
    using made = await labelled();
    const { api, first, second } = made;
    const { videos, raters, classes } = await api.call('label.overview', ada);
    expect(raters).toEqual(['Ada', 'Ben']);
    expect(classes.slice(0, 4)).toEqual(['anger', 'disgust', 'fear', 'happiness']);
    expect(videos[0]).toMatchObject({
      id: first,
      holds: { label: 'fear' },
      mine: { label: 'fear' },
      raters: 2,
      differ: true,
    });
    expect(videos[1]).toMatchObject({ id: second, holds: null, mine: null, differ: false });
    const video = await api.call('label.video', { videoId: first, ...ada });
    expect(video.others.map(({ who, label }) => [who, label])).toEqual([
      ['import', 'anger'],
      ['Ben', 'happiness'],
    ]);
    expect(video.timesSec).toHaveLength(13);
  });

  test('tell somebody who labels blind nothing of others', async () => {
    using made = await labelled();
    const { api, first } = made;
    const blind = { rater: 'Chiara', blind: true };
    const { videos } = await api.call('label.overview', blind);
    expect(videos[0]).toMatchObject({ holds: null, mine: null, raters: 0, differ: false });
    expect(await api.call('label.video', { videoId: first, ...blind })).toMatchObject({
      ...{ holds: null, mine: null, others: [], history: [] },
    });
  });

  test('refuse slips, and take a name of the user’s own', async () => {
    using made = await labelled();
    const { api, second } = made;
    const set = (label: string) => api.call('label.set', { videoId: second, who: 'Ada', label });
    await expect(set('hapiness')).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('happiness'),
    });
    expect(await set('Happy')).toMatchObject({ label: 'happiness' });
    expect(await set('relief')).toMatchObject({ label: 'relief' });
    expect((await api.call('label.overview', ada)).classes).toContain('relief');
  });

  test('take many labels in one step, which is taken back as one', async () => {
    using made = await labelled();
    const { api, first, second } = made;
    const labels = [first, second].map((videoId) => ({ videoId, label: 'neutral' }));
    await api.call('label.setAll', { who: 'Ada', key: 'm', labels });
    const held = async () => (await api.call('label.overview', ada)).videos.map(({ holds }) => holds?.label ?? null);
    expect(await held()).toEqual(['neutral', 'neutral']);
    expect(await api.call('label.withdraw', { key: 'm', who: 'Ada' })).toEqual({ withdrawn: 2 });
    expect(await held()).toEqual(['fear', null]);
  });

  test('compare raters, the imported list among them', async () => {
    using made = await labelled();
    const { api } = made;
    const report = await api.call('label.agreement', { raters: ['Ada', 'Ben', 'import'] });
    expect(report.worst[0]).toMatchObject({ path: '../videos/one.mp4', disagreement: 1 });
  });
});

describe('files of annotations', () => {
  test.each(['csv', 'elan', 'webvtt'] as const)('%s: what a project wrote, another one takes in', async (format) => {
    using made = await labelled();
    const { api, first, moment } = made;
    const isTable = format === 'csv';
    const target = path.join(folder, isTable ? 'labels.csv' : 'out');
    const written = await api.call('label.exportFiles', { format, target, raters: 'all' });
    expect(written).toMatchObject({ videos: 1, annotations: 3 });
    const files = isTable ? [target] : (await readdir(target)).map((name) => path.join(target, name));

    using other = openWindowApi(path.join(folder, 'other'), { create: true });
    addVideo(other.project, 'one.mp4', null);
    const preview = await other.call('label.previewImport', { files, who: 'Zoe' });
    expect(preview).toMatchObject({
      videos: 1,
      withMoment: 1,
      problems: [],
      perClass: { fear: 1, happiness: 1, anger: 1 },
    });
    await other.call('label.importFiles', { files, who: 'Zoe', holds: false, key: 'i' });
    const video = await other.call('label.video', { videoId: first, ...ada });
    expect(video.mine).toMatchObject({ label: 'fear', moment, confidence: 0.6, note: 'eyes' });
    expect(video.holds).toBeNull();
    await other.call('label.withdraw', { key: 'i', who: 'Zoe' });
    expect((await other.call('label.video', { videoId: first, ...ada })).mine).toBeNull();
  });

  test('a file with a slip, or that is not text, changes nothing; unknown videos are named', async () => {
    using made = await labelled();
    const { api } = made;
    const file = path.join(folder, 'in.csv');
    const take = () => api.call('label.importFiles', { files: [file], who: 'Zoe', holds: true, key: 'k' });
    await writeFile(file, 'path,label\none.mp4,angr\n');
    await expect(take()).rejects.toMatchObject({ message: expect.stringContaining(`slip for 'anger'`) });
    await writeFile(file, Buffer.from([0x70, 0xff, 0x00, 0xfe]));
    await expect(take()).rejects.toMatchObject({ message: expect.stringContaining('not text in UTF-8') });
    await writeFile(file, 'path,label\none.mp4,joy\nnine.mp4,joy\n');
    expect(await take()).toMatchObject({
      ...{ videos: 1, annotations: 1 },
      problems: [{ what: 'in.csv: nine.mp4', reason: 'no video of the project has this name' }],
    });
  });

  test('a moment outside its video is left out and named', async () => {
    using api = openWindowApi(dir, { create: true });
    for (const name of ['one.mp4', 'two.mp4']) addVideo(api.project, name, null);
    const file = path.join(folder, 'in.csv');
    await writeFile(file, 'path,label,start,end\none.mp4,joy,9,9.5\ntwo.mp4,joy,0.1,9\n');
    const notes = [
      '../videos/one.mp4: the moment that starts at 9.000 s is left out: the video goes from 0 to 0.520 s',
    ];
    const preview = await api.call('label.previewImport', { files: [file], who: 'Zoe' });
    expect(preview).toMatchObject({ withMoment: 1, notes });
    const taken = await api.call('label.importFiles', { files: [file], who: 'Zoe', holds: true, key: 'k' });
    expect(taken).toMatchObject({ annotations: 2, notes });
    const stored = api.project.listVideos().map(({ moment }) => moment);
    expect(stored).toEqual([null, { startSec: expect.closeTo(0.08, 6), endSec: expect.closeTo(0.52, 6) }]);
  });

  test('the command line writes and reads the same', { timeout: 60_000 }, async () => {
    (await labelled()).api.project.close();
    const out = path.join(folder, 'boris.csv');
    const written = await runCliJson(['export', 'labels', '--project', dir, '--format', 'boris', '--out', out]);
    expect(written).toMatchObject({ videos: 1, annotations: 1, files: [out] });
    expect(await readFile(out, 'utf8')).toContain('fear,moment,STATE,0.080,0.200,0.120');
    const taken = await runCliJson(['import-labels', out, '--project', dir, '--opinion']);
    expect(taken).toMatchObject({ videos: 1, annotations: 1, problems: [] });
  });
});

describe('names of files', () => {
  const named = (...paths: string[]) => uniqueNames(paths.map((one, i) => ({ id: `id${i}`, path: one })));

  test('are those of the videos, with folders where two are alike', () => {
    expect(named('../v/p1/a.mp4', '../v/p2/a.mp4', '../v/p2/b.mp4')).toEqual(['p1_a', 'p2_a', 'b']);
  });

  test('have the id where folders do not tell videos apart', () => {
    expect(named('x/a.mp4', 'x/a.avi', 'b.mp4')).toEqual(['a-id0', 'a-id1', 'b']);
    expect(named('p/a.mp4', 'q/a.mp4', 'p_a.mp4')).toEqual(['a-id0', 'q_a', 'p_a']);
  });

  test('differ by more than capital letters and the way accents are written', () => {
    expect(named('s1/Happy.mp4', 's2/happy.mp4')).toEqual(['s1_Happy', 's2_happy']);
    expect(named('S/a.mp4', 's/A.mp4')).toEqual(['a-id0', 'A-id1']);
    expect(named('s1/caf\u00e9.mp4', 's2/cafe\u0301.mp4')).toEqual(['s1_caf\u00e9', 's2_cafe\u0301']);
  });

  test('can be written for media on another drive of Windows', () => {
    expect(named('D:\\vids\\happy\\a.mp4', 'D:\\vids\\sad\\a.mp4', '\\\\server\\share\\b.mp4')).toEqual([
      'happy_a',
      'sad_a',
      'b',
    ]);
  });

  test('of alike videos give each a file of its own', async () => {
    using api = openWindowApi(dir, { create: true });
    for (const name of ['a.mp4', 'a.avi']) addVideo(api.project, name, 'anger');
    const target = path.join(folder, 'out');
    const { files } = await api.call('label.exportFiles', { format: 'webvtt', target, raters: 'holding' });
    expect(await readdir(target)).toHaveLength(2);
    expect(new Set(files).size).toBe(2);
  });
});

describe('copies that play', () => {
  test('have the same pictures frame by frame, and stand in for the original', { timeout: 30_000 }, async () => {
    using api = openWindowApi(dir, { create: true });
    const file = await writeCodedVideo(path.join(folder, 'old.avi'), {
      frames: 30,
      options: ['-c:v', 'mpeg4', '-q:v', '2'],
    });
    const source = { path: file, kind: 'file' as const };
    const { media, index } = await examineVideo(source);
    api.project.addVideos([
      {
        ...{ absolutePath: file, kind: 'file', label: null, subject: null, performance: null, declaredSplit: null },
        ...{ moment: null, attributes: {}, sizeBytes: 1, contentHash: 'e'.repeat(64), faces: 'auto' },
        ...{ media, timesSec: index.timesSec },
      },
    ]);
    const id = 'e'.repeat(16);
    expect(playbackOf(api.project, id)).toMatchObject({ how: 'none', canMake: true });
    expect(await makeProxies(api.project, [], {})).toEqual({ made: 1, failed: [] });
    expect(playbackOf(api.project, id)).toEqual({ how: 'proxy', fps: media.averageFps });
    const proxy = { path: proxyPath(api.project, id), kind: 'file' as const };
    const copy = await examineVideo(proxy);
    const numbers: number[] = [];
    for await (const { rgb, width, height } of decodeFrames({ ...proxy, ...copy }))
      numbers.push(readCode(rgb, width, height));
    expect(numbers).toEqual(Array.from({ length: 30 }, (_, i) => i));
  });

  test('leave nothing behind where they fail or are stopped', async () => {
    using api = openWindowApi(dir, { create: true });
    const id = addVideo(api.project, 'gone.avi', null, { codec: 'mpeg4' });
    expect(playbackOf(api.project, id)).toMatchObject({ how: 'none', canMake: false });
    const { failed } = await makeProxies(api.project, [id], {});
    expect(failed).toMatchObject([{ path: '../videos/gone.avi' }]);
    expect(existsSync(proxyPath(api.project, id))).toBe(false);
    await expect(makeProxies(api.project, [id], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
  });
});
