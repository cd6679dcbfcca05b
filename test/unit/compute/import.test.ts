import { chmod, copyFile, cp, mkdir, mkdtemp, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ImportOptions } from '../../../src-main/contract/api.ts';
import { trainConfigSchema } from '../../../src-main/contract/config.ts';
import type { JobContext, Progress } from '../../../src-main/contract/progress.ts';
import { importFolder } from '../../../src-main/compute/import.ts';
import { previewImport } from '../../../src-main/compute/library/import-preview.ts';
import { makeSplit } from '../../../src-main/data/splits.ts';
import { encodeVideo } from '../../../src-main/media/encode.ts';
import { runningFfmpegPids } from '../../../src-main/media/ffmpeg-process.ts';
import { openProject } from '../../../src-main/store/project.ts';
import type { Project } from '../../../src-main/store/project.ts';

const SIDE = 64;
const FRAMES = 8;
/** Permissions do not bind root, so that tests of missing ones can only run as somebody else. */
const asRoot = process.getuid?.() === 0;

let folder: string;
let samples: string;
let project: Project;

/** A video whose content is like no other's: a bar at a place of its own. */
async function makeVideo(file: string, number: number): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const codec = file.endsWith('.flv') ? 'flv' : 'h264';
  const frames = Array.from({ length: FRAMES }, (_, t) => {
    const rgb = new Uint8Array(SIDE * SIDE * 3).fill(40);
    for (let y = 0; y < SIDE; y++) rgb.fill(200, (y * SIDE + ((number * 5 + t) % SIDE)) * 3, (y * SIDE + SIDE) * 3);
    for (let bit = 0; bit < 16; bit++)
      if ((number >> bit) & 1) rgb.fill(120, bit * 4 * SIDE * 3, bit * 4 * SIDE * 3 + SIDE * 6);
    return rgb;
  });
  await encodeVideo(file, { width: SIDE, height: SIDE, fps: 25, codec }, frames);
}

/** Sample videos 0 to 9, made once and copied under the names that a test wants. */
const SAMPLES = 10;
const put = async (number: number, ...parts: string[]) => {
  const file = path.join(folder, 'in', ...parts);
  await mkdir(path.dirname(file), { recursive: true });
  await copyFile(path.join(samples, `${number}.mp4`), file);
};
const write = async (text: string | Uint8Array, ...parts: string[]) => {
  const file = path.join(folder, 'in', ...parts);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
};

const run = (options: Partial<ImportOptions> = {}, job: JobContext = {}) =>
  importFolder({ source: path.join(folder, 'in'), project: project.dir, ...DEFAULTS, ...options }, job);
const DEFAULTS = { layout: 'auto', faces: 'auto', fold: 1 } as const;

beforeAll(async () => {
  samples = await mkdtemp(path.join(tmpdir(), 'apexscope-import-samples-'));
  for (let i = 0; i < SAMPLES; i++) await makeVideo(path.join(samples, `${i}.mp4`), i);
});
afterAll(() => rm(samples, { recursive: true, force: true }));

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apexscope-import-'));
  await mkdir(path.join(folder, 'in'));
  project = openProject(path.join(folder, 'project'), { create: true });
});
afterEach(async () => {
  project.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a folder for each class', () => {
  test('is recognised, probed and measured', async () => {
    await put(0, 'happy', 'subj1_a.mp4');
    await put(1, 'sad', 'subj2_b.mp4');
    const result = await run();
    expect(result).toMatchObject({
      layout: 'folders',
      why: 'folders named for classes: happy, sad',
      imported: 2,
      alreadyThere: 0,
      relabelled: 0,
      subjects: 2,
      perClass: { happiness: 1, sadness: 1 },
      quarantined: [],
      notes: [],
    });
    const [video] = project.listVideos();
    expect(video).toMatchObject({
      path: '../in/happy/subj1_a.mp4',
      label: 'happiness',
      subject: 'subj1',
      faces: 'auto',
      media: { codec: 'h264', width: SIDE, height: SIDE, frameCount: FRAMES, averageFps: expect.closeTo(25, 3) },
    });
    const { timesSec } = project.frameIndex(video!.id);
    expect([...timesSec]).toEqual(Array.from({ length: FRAMES }, (_, i) => expect.closeTo(i / 25, 6)));
  });

  test('may be called like a property of every object', async () => {
    await put(0, 'constructor', 'a.mp4');
    await put(1, 'constructor', 'b.mp4');
    await put(2, '__proto__', 'c.mp4');
    const counts = '{"__proto__":1,"constructor":2}';
    const options = { source: path.join(folder, 'in'), project: project.dir, ...DEFAULTS } as const;
    expect(JSON.stringify((await previewImport(options)).perClass)).toBe(counts);
    expect(JSON.stringify((await run()).perClass)).toBe(counts);
    expect(project.listVideos().map(({ declaredSplit }) => declaredSplit)).toEqual([null, null, null]);
  });

  test('imported again adds only what is new, and says so', async () => {
    await put(0, 'happy', 'a.mp4');
    await put(1, 'sad', 'b.mp4');
    await run();
    await put(2, 'sad', 'c.mp4');
    expect(await run()).toMatchObject({
      imported: 1,
      alreadyThere: 2,
      relabelled: 0,
      perClass: { happiness: 1, sadness: 2 },
    });
    expect(await run()).toMatchObject({ imported: 0, alreadyThere: 3 });
    expect(project.listVideos()).toHaveLength(3);
  });

  test('a broken video goes to quarantine with the reason, the rest is imported, a repaired one comes back', async () => {
    await put(0, 'happy', 'good.mp4');
    await write('this is no video', 'happy', 'text.mp4');
    await write('', 'sad', 'empty.mp4');
    const result = await run();
    expect(result.imported).toBe(1);
    expect(result.quarantined).toEqual([
      { path: 'happy/text.mp4', code: expect.any(String), reason: expect.not.stringContaining(folder) },
      { path: 'sad/empty.mp4', code: 'unsupported-file', reason: 'is empty (0 bytes).' },
    ]);
    expect(result.notes).toEqual(['1 video names no subject.']);
    expect(project.listQuarantine().map((record) => record.path)).toEqual([
      '../in/happy/text.mp4',
      '../in/sad/empty.mp4',
    ]);
    await put(1, 'sad', 'empty.mp4');
    expect(await run()).toMatchObject({ imported: 1, quarantined: [{ path: 'happy/text.mp4' }] });
    expect(project.listQuarantine().map((record) => record.path)).toEqual(['../in/happy/text.mp4']);
  });

  test('the same content twice counts once, and a quarrel over its label is said', async () => {
    await put(0, 'happy', 'a.mp4');
    await put(0, 'happy', 'copy.mp4');
    await put(0, 'sad', 'a.mp4');
    await put(1, 'sad', 'b.mp4');
    const result = await run();
    expect(result).toMatchObject({ imported: 2, perClass: { happiness: 1, sadness: 1 } });
    expect(result.notes.filter((note) => note.includes('counts once'))).toEqual([
      'happy/copy.mp4 has the content of happy/a.mp4; it counts once.',
      'sad/a.mp4 has the content of happy/a.mp4, though labelled sadness and not happiness; it counts once.',
    ]);
    expect(await run()).toMatchObject({ imported: 0, alreadyThere: 2, relabelled: 0 });
  });

  test('odd names are only names: blanks, quotes, other scripts, a leading dash, a scheme, a pattern', async () => {
    const names = [`it's "odd".mp4`, '表情 ünï.mp4', '-i.mp4', 'http:x.mp4', 'a%03d.mp4', 'concat:a|b.mp4', 'a\nb.mp4'];
    for (const [i, name] of names.entries()) await put(i, 'happy', name);
    await put(names.length, 'sad', '- dashes', 'a.mp4');
    const result = await run();
    expect(result.quarantined).toEqual([]);
    expect(result.imported).toBe(names.length + 1);
    expect(new Set(project.listVideos().map((video) => path.basename(video.path)))).toEqual(
      new Set([...names, 'a.mp4']),
    );
  });

  test('links are followed, once each; a link that leads nowhere is a problem of its own', async () => {
    await put(0, 'happy', 'a.mp4');
    await mkdir(path.join(folder, 'far'));
    await copyFile(path.join(samples, '1.mp4'), path.join(folder, 'far', 'b.mp4'));
    await symlink(path.join(folder, 'far'), path.join(folder, 'in', 'sad'));
    await symlink(path.join(folder, 'in'), path.join(folder, 'in', 'happy', 'round'));
    await symlink(path.join(folder, 'nowhere'), path.join(folder, 'in', 'happy', 'dead.mp4'));
    const result = await run();
    expect(result).toMatchObject({ imported: 2, perClass: { happiness: 1, sadness: 1 } });
    expect(result.quarantined).toEqual([
      { path: 'happy/dead.mp4', code: 'bad-input', reason: expect.stringContaining('leads nowhere') },
    ]);
  });

  test('a video that moved is found again, one that changed replaces the old one', async () => {
    await put(0, 'happy', 'a.mp4');
    await put(1, 'sad', 'b.mp4');
    await run();
    await rename(path.join(folder, 'in', 'happy', 'a.mp4'), path.join(folder, 'in', 'happy', 'moved.mp4'));
    await put(2, 'sad', 'b.mp4');
    const result = await run();
    expect(result).toMatchObject({ imported: 1, alreadyThere: 1 });
    expect(result.notes).toEqual([
      '2 videos name no subject.',
      'sad/b.mp4 has another content than before; the new one counts.',
      '1 moved video was found again.',
    ]);
    expect(project.listVideos().map((video) => video.path)).toEqual(['../in/happy/moved.mp4', '../in/sad/b.mp4']);
  });

  test('the folder is left as it was, so that it may be read-only', async () => {
    await put(0, 'happy', 'a.mp4');
    await put(1, 'sad', 'b.mp4');
    const source = path.join(folder, 'in');
    const state = async () => [
      await readdir(source, { recursive: true }),
      (await stat(path.join(source, 'sad'))).mtimeMs,
    ];
    const before = await state();
    if (!asRoot) await chmod(source, 0o555);
    expect((await run()).imported).toBe(2);
    if (!asRoot) await chmod(source, 0o755);
    expect(await state()).toEqual(before);
  });

  test.skipIf(asRoot)('a video that may not be read goes to quarantine (root may read everything)', async () => {
    await put(0, 'happy', 'a.mp4');
    await put(1, 'sad', 'b.mp4');
    await chmod(path.join(folder, 'in', 'sad', 'b.mp4'), 0);
    expect((await run()).quarantined).toMatchObject([{ path: 'sad/b.mp4', reason: 'cannot be read: EACCES.' }]);
  });

  test('the files of a project that lies in the folder are not imported', async () => {
    const inside = openProject(path.join(folder, 'in'), { create: true });
    await put(0, 'happy', 'a.mp4');
    await put(1, 'sad', 'b.mp4');
    await put(2, 'runs', 'one', 'clip.mp4');
    await put(3, 'crops', 'x.mp4');
    await put(4, 'cache', 'proxies', 'd.mp4');
    await write('path,label\n', 'searches', 's', 'table.csv');
    await put(5, 'searches', 's', 'clip.mp4');
    await put(6, 'comparisons', 'c', 'clip.mp4');
    expect((await run({ project: inside.dir, faces: 'cropped' })).imported).toBe(2);
    expect(inside.listVideos().map((video) => [video.path, video.faces])).toEqual([
      ['happy/a.mp4', 'cropped'],
      ['sad/b.mp4', 'cropped'],
    ]);
    inside.close();
  });
});

describe('sources that cannot be imported', () => {
  test('make no project', async () => {
    const fresh = path.join(folder, 'fresh');
    await expect(run({ source: path.join(folder, 'no'), project: fresh })).rejects.toThrow('ENOENT');
    await put(0, 'a.mp4');
    await write('path,label\na.mp4,hapiness\n', 'labels.csv');
    await expect(run({ project: fresh })).rejects.toThrow('slip');
    expect(existsSync(fresh)).toBe(false);
  });

  test('a missing folder', async () => {
    await expect(run({ source: path.join(folder, 'no') })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('cannot be opened: ENOENT'),
    });
  });

  test('an empty folder, and one of other files', async () => {
    await expect(run()).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/no video in .*It is empty/),
    });
    await write('x', 'thesis.docx');
    await expect(run()).rejects.toMatchObject({
      message: expect.stringContaining('Its 1 files are of other kinds.'),
      hint: expect.stringContaining('Videos are mp4'),
    });
  });

  test('a single video, and a CSV with another layout', async () => {
    await put(0, 'a.mp4');
    await write('path,label\na.mp4,sad\n', 'labels.csv');
    await expect(run({ source: path.join(folder, 'in', 'a.mp4') })).rejects.toThrow('expected a folder of videos');
    await expect(run({ source: path.join(folder, 'in', 'labels.csv'), layout: 'ravdess' })).rejects.toMatchObject({
      code: 'usage',
    });
  });

  test('a folder of which nothing can be used: the reasons are said and kept', async () => {
    await write('no video', 'happy', 'a.mp4');
    await write('no video either', 'sad', 'b.mp4');
    await expect(run()).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/Not one video could be imported.*\n {2}happy\/a\.mp4: .*\n {2}sad\/b\.mp4: /),
    });
    expect(project.listQuarantine()).toHaveLength(2);
  });

  test('an aborted import stops at once, leaves no ffmpeg, and goes on later', async () => {
    for (let i = 0; i < 8; i++) await put(i, 'happy', `${i}.mp4`);
    const abort = new AbortController();
    const seen: Progress[] = [];
    const onProgress = (progress: Progress) => {
      seen.push(progress);
      if (progress.stage === 'import' && progress.done === 3) abort.abort();
    };
    await expect(run({}, { signal: abort.signal, onProgress })).rejects.toMatchObject({ code: 'aborted' });
    expect(runningFfmpegPids()).toEqual([]);
    expect(project.listVideos()).toHaveLength(3);
    expect(seen.at(-1)).toEqual({ stage: 'import', done: 3, total: 8, detail: 'happy/2.mp4' });
    expect(await run()).toMatchObject({ imported: 5, alreadyThere: 3 });
  });
});

describe('a CSV', () => {
  const csv = () => path.join(folder, 'in', 'labels.csv');

  test('gives labels, subjects, sets and moments; missing rows go to quarantine with their lines', async () => {
    await put(0, 'deep er', 'a.mp4');
    await put(1, 'b.mp4');
    await put(2, 'not listed.mp4');
    await write('text', 'thesis.doc');
    await write(
      'path,label,subject,split,start,end\ndeep er/a.mp4,Happy,p1,train,0.04,0.2\nb.mp4,sad,p2,test,0.1,9\n' +
        'gone.mp4,sad,p2,,,\n../../secret.mp4,sad,p2,,,\nthesis.doc,sad,p2,,,\n',
      'labels.csv',
    );
    const result = await run({ source: csv() });
    expect(result).toMatchObject({ layout: 'csv', imported: 2, subjects: 2, perClass: { happiness: 1, sadness: 1 } });
    expect(result.quarantined.map(({ path: place, reason }) => [place, reason])).toEqual([
      ['gone.mp4', 'labels.csv line 4: there is no such file beside the CSV'],
      ['../../secret.mp4', 'labels.csv line 5: the path leads out of the folder of the CSV'],
      ['thesis.doc', 'labels.csv line 6: it is not a video or a folder of frames'],
    ]);
    expect(result.notes).toEqual([
      'b.mp4: the labelled moment ends at 9.00 s, after the video (0.32 s); it is cut there.',
    ]);
    expect(project.listVideos()[0]).toMatchObject({
      subject: 'p1',
      declaredSplit: 'train',
      moment: { startSec: 0.04, endSec: 0.2 },
    });
  });

  test('may name its videos by absolute paths, through a link to its folder or not', async () => {
    await put(0, 'a.mp4');
    await put(1, 'b.mp4');
    await symlink(path.join(folder, 'in'), path.join(folder, 'link'));
    const rows = [path.join(folder, 'in', 'a.mp4'), path.join(folder, 'link', 'b.mp4'), path.join(folder, 'c.mp4')];
    await write(`path,label\n${rows.join(',sad\n')},sad\n`, 'labels.csv');
    const result = await run({ source: path.join(folder, 'link', 'labels.csv') });
    expect(result.quarantined).toMatchObject([
      { path: rows[2], reason: expect.stringContaining('line 4: the path leads') },
    ]);
    expect(project.listVideos().map(({ path: place }) => place)).toEqual(['../link/a.mp4', '../link/b.mp4']);
  });

  test('that was named gives the labels, whatever lies beside it', async () => {
    await put(0, 'a.mp4');
    await write('path,label\na.mp4,sad\n', 'wave2.csv');
    await write(Buffer.from('path,label\nä.mp4,sad\n', 'latin1'), 'labels.csv');
    const wave2 = path.join(folder, 'in', 'wave2.csv');
    const named = { layout: 'csv', why: 'wave2.csv was named as the list', perClass: { sadness: 1 } };
    expect(await run({ source: wave2 })).toMatchObject(named);
    expect(await run({ source: wave2, layout: 'csv' })).toMatchObject(named);
  });

  test('a moment outside its video is left out, at the first import and later; one that reaches over is cut', async () => {
    await put(0, 'a.mp4');
    await put(1, 'b.mp4');
    const list = (start: number) => `path,label,subject,start,end\na.mp4,sad,p1,${start},200\nb.mp4,sad,p2,0.1,200\n`;
    await write(list(100), 'labels.csv');
    const left = (start: string) =>
      `a.mp4: the labelled moment (${start} s to 200.00 s) lies outside the video (0.32 s); the label is kept without it.`;
    expect((await run()).notes[0]).toBe(left('100.00'));
    const [a, b] = project.listVideos();
    expect(a).toMatchObject({ label: 'sadness', moment: null });
    expect(b!.moment).toEqual({ startSec: 0.1, endSec: b!.media.durationSec });
    await write(list(150), 'labels.csv');
    const again = await run();
    expect(again).toMatchObject({ alreadyThere: 2, relabelled: 0 });
    expect(again.notes[0]).toBe(left('150.00'));
    expect(project.labelHistory(a!.id).map(({ moment }) => moment)).toEqual([null]);
  });

  test('changed labels are appended to the journal; what a person decided stays otherwise', async () => {
    await put(0, 'a.mp4');
    await put(1, 'b.mp4');
    await write('path,label,subject\na.mp4,happy,p1\nb.mp4,sad,p2\n', 'labels.csv');
    await run();
    const [a, b] = project.listVideos();
    project.setLabel({ videoId: b!.id, who: 'me', source: 'person', label: 'fear' });
    await write('path,label,subject,split\na.mp4,angry,p9,val\nb.mp4,sad,p2,train\n', 'labels.csv');
    expect(await run()).toMatchObject({ imported: 0, alreadyThere: 2, relabelled: 1, perClass: { anger: 1, fear: 1 } });
    expect(project.labelHistory(a!.id).map((event) => event.label)).toEqual(['happiness', 'anger']);
    expect(project.video(a!.id)).toMatchObject({ subject: 'p9', declaredSplit: 'val' });
    expect(project.video(b!.id).label).toBe('fear');
  });

  test('with a mistake is refused, and the project stays as it was', async () => {
    await put(0, 'a.mp4');
    await write('path,label,start,end\na.mp4,hapiness,2,1\n', 'labels.csv');
    await expect(run()).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/nothing was imported(.|\n)*line 2: end \(1\)(.|\n)*'hapiness' looks like a slip/),
    });
    expect(project.listVideos()).toEqual([]);
    expect(project.listQuarantine()).toEqual([]);
  });

  test('is read in UTF-16 as spreadsheets write it, and refused in other encodings', async () => {
    await put(0, 'ä.mp4');
    await write(Buffer.from('\uFEFFpath\tlabel\nä.mp4\tsad\n', 'utf16le'), 'labels.csv');
    expect((await run()).perClass).toEqual({ sadness: 1 });
    await write(Buffer.from('path,label\nä.mp4,sad\n', 'latin1'), 'labels.csv');
    await expect(run({ source: csv() })).rejects.toThrow('is not UTF-8 text');
  });

  test('in which every row is missing imports nothing and says why', async () => {
    await write('path,label\na.mp4,sad\nb.mp4,happy\n', 'labels.csv');
    await expect(run({ source: csv() })).rejects.toThrow(/Not one video(.|\n)*line 2: there is no such file/);
  });
});

describe('datasets by their names, without options', () => {
  const config = trainConfigSchema.parse({});

  test('a RAVDESS tree: twins count once, and the split keeps actors apart', { timeout: 60_000 }, async () => {
    const root = path.join(folder, 'in');
    let number = 100;
    for (const actor of ['01', '02', '03', '04'])
      for (const emotion of ['01', '03', '05'])
        await makeVideo(path.join(root, `Actor_${actor}`, `02-01-${emotion}-01-01-01-${actor}.mp4`), number++);
    await makeVideo(path.join(root, 'Actor_01', '01-01-03-01-01-01-01.mp4'), number++);
    await makeVideo(path.join(root, 'Actor_01', '01-01-04-01-01-01-01.mp4'), number);
    await write('no video', 'Actor_01', '02-01-04-01-01-01-01.mp4');
    const result = await run();
    expect(result).toMatchObject({
      layout: 'ravdess',
      why: "100 % of the names are RAVDESS's seven two-digit fields",
      imported: 13,
      subjects: 4,
      perClass: { anger: 4, happiness: 4, neutral: 4, sadness: 1 },
      quarantined: [{ path: 'Actor_01/02-01-04-01-01-01-01.mp4' }],
    });
    const videos = project.listVideos();
    expect(videos.map((video) => path.basename(video.path))).not.toContain('01-01-03-01-01-01-01.mp4');
    expect(videos.map((video) => path.basename(video.path))).toContain('01-01-04-01-01-01-01.mp4');
    const split = makeSplit(videos, config);
    expect(split.subjectDisjoint).toBe(true);
    expect([split.val.length, split.test.length]).toEqual([3, 3]);
    expect(await run()).toMatchObject({ imported: 0, alreadyThere: 13 });
  });

  test('a twin that comes later does not count again', { timeout: 60_000 }, async () => {
    await put(0, '01-01-03-01-01-01-01.mp4');
    await run();
    await put(1, '02-01-03-01-01-01-01.mp4');
    expect(await run()).toMatchObject({ imported: 0, alreadyThere: 1 });
    expect(project.listVideos()).toHaveLength(1);
  });

  test('a CREMA-D tree of flv files, with the tables of its people', { timeout: 60_000 }, async () => {
    const root = path.join(folder, 'in', 'VideoFlash');
    let number = 200;
    for (const actor of [1001, 1002, 1003, 1004])
      for (const emotion of ['ANG', 'HAP', 'NEU'])
        await makeVideo(path.join(root, `${actor}_DFA_${emotion}_XX.flv`), number++);
    await write('ActorID,Age,Sex,Race,Ethnicity\n1001,51,Male,Caucasian,Not Hispanic\n', 'VideoDemographics.csv');
    const result = await run();
    expect(result).toMatchObject({
      layout: 'cremad',
      imported: 12,
      subjects: 4,
      perClass: { anger: 4, happiness: 4, neutral: 4 },
      quarantined: [],
    });
    const videos = project.listVideos();
    expect(videos[0]).toMatchObject({
      subject: 'actor 1001',
      attributes: { age: '51' },
      media: { frameCount: FRAMES },
    });
    const split = makeSplit(videos, config);
    expect(split.subjectDisjoint).toBe(true);
    expect([split.train.length, split.val.length, split.test.length]).toEqual([6, 3, 3]);
  });

  test('folders of numbered frames', async () => {
    const sharp = (await import('sharp')).default;
    for (const [i, place] of ['happy/0001', 'sad/0001'].entries()) {
      await mkdir(path.join(folder, 'in', place), { recursive: true });
      for (let t = 1; t <= 4; t++)
        await sharp({ create: { width: 32, height: 32, channels: 3, background: { r: 60 * t, g: 90 * i, b: 10 } } })
          .jpeg()
          .toFile(path.join(folder, 'in', place, `${t}.jpg`));
    }
    await cp(path.join(folder, 'in', 'sad', '0001'), path.join(folder, 'in', 'sad', '0002'), { recursive: true });
    const result = await run();
    expect(result).toMatchObject({ imported: 2, perClass: { happiness: 1, sadness: 1 } });
    expect(project.listVideos()[0]).toMatchObject({ kind: 'frames', media: { kind: 'frames', frameCount: 4 } });
  });
});
