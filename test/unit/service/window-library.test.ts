/** What the Library asks the project process for, over a real project of small videos. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bridge } from '../../../src-main/contract/rpc.ts';
import type { LibraryEvent, RelinkEvent } from '../../../src-main/contract/window/library.ts';
import type { projectRooms } from '../../../src-main/contract/window/window-api.ts';
import { openApp } from '../../../src-main/service/app.ts';
import { temporaryFolder, writeCodedVideo } from '../../support/media-fixtures.ts';
import { openWindowApi } from '../../support/window-api.ts';

let work: Awaited<ReturnType<typeof temporaryFolder>>;
let videos: string;
let dir: string;

beforeAll(async () => {
  work = await temporaryFolder();
  videos = path.join(work.folder, 'videos');
  dir = path.join(work.folder, 'project');
  await mkdir(videos);
  for (const [i, name] of ['a', 'b', 'c', 'd'].entries())
    await writeCodedVideo(path.join(videos, `${name}.mp4`), { frames: 6 + i });
  const rows = ['a.mp4,anger,Ada', 'b.mp4,fear,Ben', 'c.mp4,anger,Cay', 'd.mp4,fear,Ada'];
  await writeFile(path.join(videos, 'labels.csv'), ['path,label,subject', ...rows].join('\n'));
  const api = openApp();
  await api.importVideos({ source: videos, project: dir, layout: 'auto', faces: 'cropped', fold: 1 }, {});
  await api.prepare({ project: dir, cropSize: 32, persons: [] }, {});
});

afterAll(() => work.remove());

type Api = Bridge<typeof projectRooms>;

async function listed(api: Api) {
  const events: LibraryEvent[] = [];
  for await (const event of api.open('library.list', {})) events.push(event);
  const found = events.flatMap((event) => (event.kind === 'videos' ? event.videos : []));
  const last = events.at(-1);
  if (last?.kind !== 'overview') throw new Error('expected the overview at the end');
  return { videos: found, overview: last.overview };
}

describe('library.list', () => {
  it('gives the videos in order and then the set of each, which keeps people together', async () => {
    using api = openWindowApi(dir);
    const { videos: found, overview } = await listed(api);
    expect(found.map(({ label, subject }) => `${label} ${subject}`)).toEqual([
      'anger Ada',
      'fear Ben',
      'anger Cay',
      'fear Ada',
    ]);
    expect(overview.splitOf[0]).toBe(overview.splitOf[3]);
    expect(overview.split).toMatchObject({ how: 'subject', subjectDisjoint: true, leaks: [] });
    expect(await api.call('library.ids', {})).toEqual(found.map(({ id }) => id));
  });
});

describe('library.faces', () => {
  it('says the same from its cache as from the crop packs', async () => {
    using api = openWindowApi(dir);
    const fresh = await api.call('library.faces', {});
    expect(fresh).toHaveLength(4);
    expect(fresh.every(({ coverage }) => coverage === 1)).toBe(true);
    expect(await api.call('library.faces', {})).toEqual(fresh);
    const { pictures } = await api.call('settings.cacheSize', {});
    expect(pictures.files).toBe(1);
  });
});

describe('library.thumbnails', () => {
  it('are square JPEGs, from crops and, where there are none, from the video', async () => {
    using api = openWindowApi(dir);
    const ids = await api.call('library.ids', {});
    const wanted = { videos: [...ids.map((id) => ({ id, timeSec: null })), { id: 'f'.repeat(16), timeSec: 1 }] };
    const fromCrops = await api.call('library.thumbnails', wanted);
    await api.call('settings.clearCache', { crops: true });
    const fromVideos = await api.call('library.thumbnails', wanted);
    for (const jpegs of [fromCrops, fromVideos]) {
      expect(jpegs[4]).toBeNull();
      const { width, height, format } = await sharp(jpegs[0]!).metadata();
      expect({ width, height, format }).toEqual({ width: 192, height: 192, format: 'jpeg' });
    }
    expect(fromVideos[0]).not.toEqual(fromCrops[0]);
    expect(await api.call('library.faces', {})).toEqual([]);
  });
});

describe('library.describe', () => {
  it('changes what is given and keeps the rest, and a leak between declared sets is told', async () => {
    using api = openWindowApi(dir);
    const [a, b, , d] = await api.call('library.ids', {});
    await api.call('library.describe', {
      videos: [
        { id: a!, declaredSplit: 'train' },
        { id: b!, declaredSplit: 'train' },
        { id: d!, declaredSplit: 'test' },
      ],
    });
    const { videos: found, overview } = await listed(api);
    expect(found[0]).toMatchObject({ subject: 'Ada', declaredSplit: 'train' });
    expect(overview.split).toMatchObject({ how: 'declared', subjectDisjoint: false });
    expect(overview.split?.leaks).toContainEqual({
      what: 'subject',
      key: 'Ada',
      sets: expect.arrayContaining(['test']),
    });
    await api.call('library.describe', { videos: [a!, b!, d!].map((id) => ({ id, declaredSplit: null })) });
    expect((await listed(api)).overview.split).toMatchObject({ how: 'subject', subjectDisjoint: true });
  });
});

describe('library.previewImport', () => {
  it('says what would come and why, and stores nothing', async () => {
    using api = openWindowApi(path.join(work.folder, 'empty'), { create: true });
    const preview = await api.call('library.previewImport', { source: videos });
    expect(preview).toMatchObject({
      layout: 'csv',
      videos: 4,
      subjects: 3,
      unlabelled: 0,
      perClass: { anger: 2, fear: 2 },
      problems: [],
    });
    expect(preview.why).toContain('labels.csv');
    expect(await api.call('library.ids', {})).toEqual([]);
  });

  it('lists what could not be used with the reason', async () => {
    await writeFile(path.join(videos, 'more.csv'), 'path,label\na.mp4,anger\ngone.mp4,fear\n');
    using api = openWindowApi(dir);
    const preview = await api.call('library.previewImport', { source: path.join(videos, 'more.csv') });
    expect(preview.problems).toMatchObject([{ path: 'gone.mp4' }]);
    expect(preview.videos).toBe(1);
  });
});

describe('library.findMoved', () => {
  it('finds videos under another name in another folder', async () => {
    using api = openWindowApi(dir);
    const [a] = await api.call('library.ids', {});
    const moved = path.join(work.folder, 'archive', 'deep');
    await mkdir(moved, { recursive: true });
    await rename(path.join(videos, 'a.mp4'), path.join(moved, 'renamed.mp4'));
    expect(await api.call('library.missing', {})).toEqual([a]);
    const events: RelinkEvent[] = [];
    for await (const event of api.open('library.findMoved', { folder: path.join(work.folder, 'archive') }))
      events.push(event);
    expect(events.at(-1)).toEqual({ kind: 'done', found: 1, stillMissing: 0 });
    expect(await api.call('library.missing', {})).toEqual([]);
    expect((await api.call('library.video', { id: a! })).place).toBe(path.join(moved, 'renamed.mp4'));
  });
});

describe('the history for undoing', () => {
  it('is there again after the project was closed, and holds only calls that change what was said', async () => {
    const step = (name: string) => ({ title: 'x', undo: { name, input: {} }, redo: { name, input: {} } });
    {
      using api = openWindowApi(dir);
      await api.call('settings.storeUndo', { done: [step('library.describe')], undone: [] });
      const foreign = { done: [step('app.showInFolder')], undone: [] };
      await expect(api.call('settings.storeUndo', foreign)).rejects.toMatchObject({ code: 'bad-input' });
    }
    using api = openWindowApi(dir);
    expect((await api.call('settings.undo', {})).done).toEqual([step('library.describe')]);
  });

  it('is empty where its file is damaged', async () => {
    await writeFile(path.join(dir, 'undo.json'), '{"done": [');
    using api = openWindowApi(dir);
    expect(await api.call('settings.undo', {})).toEqual({ done: [], undone: [] });
  });
});
