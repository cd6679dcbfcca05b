import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Progress } from '../../../src-main/contract/progress.ts';
import { writeFileAtomic } from '../../../src-main/store/atomic-write.ts';
import { findMoved } from '../../../src-main/store/project-relink.ts';
import { openProject } from '../../../src-main/store/project.ts';
import type { NewVideo, Project } from '../../../src-main/store/project.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apexscope-project-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function newVideo(name: string, known: Partial<NewVideo> = {}): NewVideo {
  return {
    absolutePath: path.join(folder, 'videos', name),
    kind: 'file',
    label: 'anger',
    subject: 'p1',
    performance: null,
    declaredSplit: null,
    moment: null,
    attributes: { camera: 'left' },
    sizeBytes: name.length,
    contentHash: sha256(name),
    media: {
      kind: 'file',
      codec: 'h264',
      width: 64,
      height: 48,
      rotation: 0,
      durationSec: 0.12,
      frameCount: 3,
      averageFps: 25,
      variableFrameRate: false,
      startSec: 0,
    },
    timesSec: Float64Array.of(0, 0.04, 0.08),
    faces: 'auto',
    ...known,
  };
}

const id = (name: string) => sha256(name).slice(0, 16);

function inProject<T>(work: (project: Project) => T): T {
  using project = openProject(path.join(folder, 'p'), { create: true });
  return work(project);
}

describe('opening', () => {
  test('a new project is made, and opened again', () => {
    inProject((project) => project.addVideos([newVideo('a.mp4')]));
    using project = openProject(path.join(folder, 'p'));
    expect(project.listVideos()).toHaveLength(1);
  });

  const refusal = (dir: string, options = {}) => {
    try {
      openProject(dir, options).close();
    } catch (error) {
      return error;
    }
    return null;
  };

  test('a missing project is not made by accident', async () => {
    expect(refusal(path.join(folder, 'no'))).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('the folder does not exist'),
      hint: expect.stringContaining('apexscope import'),
    });
    expect(refusal(folder)).toMatchObject({ code: 'not-found', message: expect.stringContaining('no project.sqlite') });
    expect(await readdir(folder)).toEqual([]);
  });

  test('a file in the place of the folder, or above it, is refused', async () => {
    await writeFile(path.join(folder, 'file'), 'x');
    expect(refusal(path.join(folder, 'file'))).toMatchObject({ code: 'bad-input' });
    expect(refusal(path.join(folder, 'file'), { create: true })).toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('there is a file in its place'),
    });
    expect(refusal(path.join(folder, 'file', 'p'), { create: true })).toMatchObject({ code: 'bad-input' });
  });

  test.skipIf(process.platform !== 'linux')('a place where no folder can be made is refused', () => {
    expect(refusal('/proc/apexscope', { create: true })).toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('the folder cannot be made'),
    });
  });

  test.skipIf(process.getuid?.() === 0)('a read-only folder is refused (root may write everywhere)', async () => {
    await chmod(folder, 0o555);
    expect(refusal(folder, { create: true })).toMatchObject({ code: 'bad-input' });
    expect(refusal(path.join(folder, 'p'), { create: true })).toMatchObject({ code: 'bad-input' });
    await chmod(folder, 0o755);
  });

  test('a folder in the place of the database is refused', async () => {
    await mkdir(path.join(folder, 'project.sqlite'));
    expect(refusal(folder)).toMatchObject({ code: 'bad-input', message: expect.stringContaining('cannot be opened') });
  });

  test('a file that is no database, and the database of another program, are refused and stay as they are', async () => {
    const file = path.join(folder, 'project.sqlite');
    await writeFile(file, 'not a database at all, but long enough to look like one'.repeat(20));
    expect(refusal(folder)).toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('not a project database'),
    });
    await rm(file);
    const foreign = new DatabaseSync(file);
    foreign.exec('CREATE TABLE notes (text TEXT)');
    foreign.close();
    const before = await readFile(file);
    expect(refusal(folder, { create: true })).toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('another program'),
    });
    expect(await readFile(file)).toEqual(before);
  });

  test('a project of a newer program is refused', () => {
    inProject(() => undefined);
    const database = new DatabaseSync(path.join(folder, 'p', 'project.sqlite'));
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(refusal(path.join(folder, 'p'))).toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('newer Apexscope (project version 99'),
      hint: 'Update Apexscope.',
    });
  });
});

// Windows does not let a file that is open be moved.
test.skipIf(process.platform === 'win32')('says that nothing was stored where its folder moved away', async () => {
  const [dir, elsewhere] = [path.join(folder, 'p'), path.join(folder, 'q')];
  using project = openProject(dir, { create: true });
  project.addVideos([newVideo('a.mp4')]);
  await rename(dir, elsewhere);
  const said = { videoId: id('a.mp4'), who: 'Ada', source: 'person' as const, label: 'fear' };
  expect(() => project.setLabel(said)).toThrow(/Nothing was stored: the project is no longer at .*p\.$/);
  await rename(elsewhere, dir);
  project.setLabel(said);
  expect(project.video(id('a.mp4')).label).toBe('fear');
});

describe('videos', () => {
  test('come back as they were added, with paths from the project', () => {
    const moment = { startSec: 0.04, endSec: 0.08 };
    const video = inProject((project) => {
      project.addVideos([newVideo('ünï "q\'.mp4', { moment, declaredSplit: 'test', performance: 'take 1' })]);
      return project.listVideos()[0];
    });
    const { label, subject, attributes, sizeBytes, contentHash, media } = newVideo('ünï "q\'.mp4');
    expect(video).toEqual({
      ...{ kind: 'file', faces: 'auto', label, subject, attributes, sizeBytes, contentHash, media },
      id: id('ünï "q\'.mp4'),
      path: '../videos/ünï "q\'.mp4',
      moment,
      declaredSplit: 'test',
      performance: 'take 1',
    });
  });

  test('keep their presentation times to the last bit', () => {
    const timesSec = Float64Array.of(0, 1001 / 30000, 2002 / 30000, 1 / 3);
    const read = inProject((project) => {
      project.addVideos([newVideo('a.mp4', { timesSec })]);
      return project.frameIndex(id('a.mp4')).timesSec;
    });
    expect(read).toEqual(timesSec);
  });

  test('of the same content are one, at the newest place', () => {
    inProject((project) => {
      project.addVideos([newVideo('a.mp4')]);
      project.addVideos([newVideo('b.mp4', { contentHash: sha256('a.mp4') })]);
      expect(project.listVideos().map((video) => video.path)).toEqual(['../videos/b.mp4']);
    });
  });

  test('whose file has another content now are replaced; the old journal stays', () => {
    inProject((project) => {
      project.addVideos([newVideo('a.mp4')]);
      expect(project.addVideos([newVideo('a.mp4', { contentHash: sha256('new') })])).toEqual([id('a.mp4')]);
      expect(project.listVideos().map((video) => video.id)).toEqual([id('new')]);
      expect(project.hasVideo(id('a.mp4'))).toBe(false);
      expect(project.labelHistory(id('a.mp4'))).toHaveLength(1);
    });
  });

  test('that are not there are named', () => {
    inProject((project) => {
      expect(() => project.video('0123')).toThrow('There is no video 0123');
      expect(() => project.frameIndex('0123')).toThrow('There is no video 0123');
      expect(() => project.setLabel({ videoId: '0123', who: 'me', source: 'person', label: 'fear' })).toThrow(
        'no video',
      );
    });
  });
});

describe('the journal of labels', () => {
  test('only grows, and its last event holds', () => {
    inProject((project) => {
      project.addVideos([newVideo('a.mp4')]);
      const event = { videoId: id('a.mp4'), who: 'rater 1', source: 'person' } as const;
      project.setLabel({ ...event, label: 'fear', confidence: 0.5, moment: { startSec: 0, endSec: 1 }, note: 'lips' });
      project.setLabel({ ...event, label: null });
      expect(project.video(id('a.mp4')).label).toBeNull();
      expect(project.labelHistory(id('a.mp4'))).toMatchObject([
        { who: 'import', source: 'import', label: 'anger', moment: null, confidence: null },
        {
          who: 'rater 1',
          source: 'person',
          label: 'fear',
          confidence: 0.5,
          moment: { startSec: 0, endSec: 1 },
          note: 'lips',
        },
        { label: null },
      ]);
    });
    const database = new DatabaseSync(path.join(folder, 'p', 'project.sqlite'));
    expect(() => database.exec("UPDATE label_events SET label = 'joy'")).toThrow('append-only');
    expect(() => database.exec('DELETE FROM label_events')).toThrow('append-only');
    database.close();
  });

  test('a list that says the same again does not overrule a person; one that changed does', () => {
    inProject((project) => {
      project.addVideos([newVideo('a.mp4')]);
      project.setLabel({ videoId: id('a.mp4'), who: 'me', source: 'person', label: 'fear' });
      expect(project.importLabel(id('a.mp4'), 'anger', null)).toBe(false);
      expect(project.importLabel(id('a.mp4'), null, null)).toBe(false);
      expect(project.video(id('a.mp4')).label).toBe('fear');
      expect(project.importLabel(id('a.mp4'), 'sadness', null)).toBe(true);
      expect(project.video(id('a.mp4')).label).toBe('sadness');
      expect(project.importLabel(id('a.mp4'), 'sadness', { startSec: 0.04, endSec: 0.08 })).toBe(true);
      expect(project.video(id('a.mp4')).moment).toEqual({ startSec: 0.04, endSec: 0.08 });
    });
  });

  test.each([
    [{ confidence: 1.5 }, 'Confidence is 1.5'],
    [{ confidence: Number.NaN }, 'Confidence is NaN'],
    [{ moment: { startSec: 2, endSec: 1 } }, 'A moment is from 2 to 1 s'],
    [{ moment: { startSec: 0, endSec: Infinity } }, 'A moment is from 0 to Infinity s'],
    [{ moment: { startSec: 100, endSec: 200 } }, 'from 100 to 200 s, and the video ends at 0.12 s'],
    [{ label: ' ' }, 'A label is empty'],
  ])('%j is refused', (wrong, message) => {
    inProject((project) => {
      project.addVideos([newVideo('a.mp4')]);
      const label = { videoId: id('a.mp4'), who: 'me', source: 'person', label: 'fear', ...wrong } as const;
      expect(() => project.setLabel(label)).toThrow(message);
      expect(project.labelHistory(id('a.mp4'))).toHaveLength(1);
    });
  });

  test.each([Infinity, Number.NaN])('a moment to %d of a list is refused, and nothing is stored', (endSec) => {
    inProject((project) => {
      const moment = { startSec: 0, endSec };
      expect(() => project.addVideos([newVideo('a.mp4', { moment })])).toThrow('A moment is from 0 to');
      expect(project.listVideos()).toEqual([]);
      project.addVideos([newVideo('a.mp4')]);
      expect(() => project.importLabel(id('a.mp4'), 'fear', moment)).toThrow('A moment is from 0 to');
      expect(project.labelHistory(id('a.mp4'))).toHaveLength(1);
    });
  });

  test('what was said before a kill is there after it', { timeout: 30_000 }, async () => {
    inProject((project) => project.addVideos([newVideo('a.mp4')]));
    const script = `
      import { openProject } from ${JSON.stringify(path.resolve('src-main/store/project.ts'))};
      const project = openProject(${JSON.stringify(path.join(folder, 'p'))});
      for (let i = 0; ; i++) {
        project.setLabel({ videoId: ${JSON.stringify(id('a.mp4'))}, who: 'me', source: 'person', label: 'label ' + i });
        process.stdout.write('label ' + i + '\\n');
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.length > 500) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const lastSaid = said.split('\n').slice(0, -1).length;
    inProject((project) => {
      const labels = project
        .labelHistory(id('a.mp4'))
        .slice(1)
        .map((event) => event.label);
      expect(lastSaid).toBeGreaterThan(10);
      expect(labels.length - lastSaid).toBeOneOf([0, 1]);
      expect(labels).toEqual(labels.map((_, i) => `label ${i}`));
    });
  });
});

describe('beside the videos', () => {
  test('quarantine keeps the newest reason and lets go', () => {
    inProject((project) => {
      project.quarantine([
        { path: 'b', code: 'decode-failed', reason: 'old' },
        { path: 'a', code: 'not-found', reason: 'gone' },
      ]);
      project.quarantine([{ path: 'b', code: 'decode-failed', reason: 'new' }]);
      expect(project.listQuarantine()).toEqual([
        { path: 'a', code: 'not-found', reason: 'gone' },
        { path: 'b', code: 'decode-failed', reason: 'new' },
      ]);
      project.releaseFromQuarantine(['a']);
      expect(project.listQuarantine().map((record) => record.path)).toEqual(['b']);
    });
  });

  test('the chosen person is the last one that was chosen', () => {
    inProject((project) => {
      project.addVideos([newVideo('a.mp4')]);
      expect(project.chosenPerson(id('a.mp4'))).toBeNull();
      project.choosePerson(id('a.mp4'), 2, 'me');
      expect(project.chosenPerson(id('a.mp4'))).toBe(2);
      project.choosePerson(id('a.mp4'), null, 'me');
      expect(project.chosenPerson(id('a.mp4'))).toBeNull();
    });
  });

  test('splits and runs are found by name', () => {
    inProject((project) => {
      const sets = { train: ['a'], val: ['b'], test: [] };
      project.saveSplit('run 1', sets);
      expect(project.readSplit('run 1')).toEqual(sets);
      expect(project.readSplit('run 2')).toBeNull();
      project.recordRun('one', 'running', null);
      project.recordRun('two', 'running', null);
      project.recordRun('one', 'finished', { valWar: 0.5 });
      expect(project.listRuns()).toMatchObject([
        { name: 'one', status: 'finished', summary: { valWar: 0.5 } },
        { name: 'two', status: 'running', summary: null },
      ]);
    });
  });
});

describe('moved videos', () => {
  const place = (...parts: string[]) => path.join(folder, ...parts);

  async function writeVideos(...names: string[]) {
    await mkdir(place('videos'), { recursive: true });
    for (const name of names) await writeFile(place('videos', name), name);
  }

  test('are found by content under other names, and relinked', async () => {
    await writeVideos('a.mp4', 'b.mp4');
    inProject((project) => project.addVideos([newVideo('a.mp4'), newVideo('b.mp4')]));
    await mkdir(place('elsewhere', 'deep'), { recursive: true });
    await rename(place('videos', 'a.mp4'), place('elsewhere', 'deep', 'renamed.mp4'));
    await writeFile(place('elsewhere', 'c.mp4'), 'c.mp4');
    const project = openProject(place('p'));
    const missing = project.missingVideos();
    expect(missing.map((video) => video.id)).toEqual([id('a.mp4')]);
    const found = await findMoved(missing, place('elsewhere'));
    expect([...found]).toEqual([[id('a.mp4'), place('elsewhere', 'deep', 'renamed.mp4')]]);
    project.relink(found);
    expect(project.missingVideos()).toEqual([]);
    expect(project.video(id('a.mp4')).path).toBe('../elsewhere/deep/renamed.mp4');
    project.close();
  });

  test('are found beside what cannot be read; a stop is no such thing', async () => {
    await mkdir(place('elsewhere', 'frames', '2.png'), { recursive: true });
    await writeFile(place('elsewhere', 'frames', '1.png'), 'a.mp4');
    await writeFile(place('elsewhere', 'moved.mp4'), 'b.mp4');
    const unreadable = { id: id('a.mp4'), kind: 'frames', sizeBytes: 5, contentHash: sha256('a.mp4') } as const;
    const moved = { id: id('b.mp4'), kind: 'file', sizeBytes: 5, contentHash: sha256('b.mp4') } as const;
    expect([...(await findMoved([unreadable, moved], place('elsewhere')))]).toEqual([
      [id('b.mp4'), place('elsewhere', 'moved.mp4')],
    ]);
    const stop = new AbortController();
    const job = { signal: stop.signal, onProgress: ({ stage }: Progress) => stage === 'relink' && stop.abort() };
    await expect(findMoved([unreadable, moved], place('elsewhere'), job)).rejects.toMatchObject({ code: 'aborted' });
  });

  test('need no search when project and videos moved together, or the project alone', async () => {
    await writeVideos('a.mp4');
    inProject((project) => project.addVideos([newVideo('a.mp4')]));
    await mkdir(place('else', 'where'), { recursive: true });
    await rename(place('p'), place('else', 'where', 'p'));
    using alone = openProject(place('else', 'where', 'p'));
    expect(alone.mediaPath(id('a.mp4'))).toBe(place('videos', 'a.mp4'));
    await rename(place('videos'), place('else', 'where', 'videos'));
    expect(alone.mediaPath(id('a.mp4'))).toBe(place('else', 'where', 'videos', 'a.mp4'));
    expect(alone.missingVideos()).toEqual([]);
  });
});

describe('atomic writes', () => {
  test('replace the whole file and leave nothing beside it', async () => {
    const file = path.join(folder, 'a.json');
    await writeFileAtomic(file, 'old');
    await writeFileAtomic(file, Uint8Array.of(1, 2, 3));
    expect([...(await readFile(file))]).toEqual([1, 2, 3]);
    expect(await readdir(folder)).toEqual(['a.json']);
  });

  test('at the same time end with one of the contents, whole', async () => {
    const file = path.join(folder, 'a.txt');
    const contents = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100_000));
    await Promise.all(contents.map((content) => writeFileAtomic(file, content)));
    expect(contents).toContain(await readFile(file, 'utf8'));
    expect(await readdir(folder)).toEqual(['a.txt']);
  });

  test('say why they fail, and leave what was there', async () => {
    const file = path.join(folder, 'a.txt');
    await writeFile(file, 'old');
    await expect(writeFileAtomic(path.join(file, 'b'), 'x')).rejects.toThrow('what should be its folder is a file');
    await expect(writeFileAtomic(path.join(folder, 'no', 'b'), 'x')).rejects.toThrow('its folder does not exist');
    await mkdir(path.join(folder, 'taken'));
    await expect(writeFileAtomic(path.join(folder, 'taken'), 'x')).rejects.toMatchObject({ code: 'bad-input' });
    expect(await readFile(file, 'utf8')).toBe('old');
    expect((await readdir(folder)).sort()).toEqual(['a.txt', 'taken']);
  });
});
