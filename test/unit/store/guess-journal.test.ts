import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openProject } from '../../../src-main/store/project.ts';
import type { Project } from '../../../src-main/store/project.ts';
import { addVideo } from './new-video.ts';

let folder: string;
let dir: string;
let id: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apexscope-guesses-'));
  dir = path.join(folder, 'p');
  id = inProject((project) => addVideo(project, 'a.mp4', null));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function inProject<T>(work: (project: Project) => T): T {
  using project = openProject(dir, { create: true });
  return work(project);
}

const fear = { run: 'few', label: 'fear', moment: { startSec: 0.4, endSec: 1.04 } };
const joy = { run: 'few', label: 'joy', moment: { startSec: 1, endSec: 2 } };
const judge = (rejected: boolean, ...guesses: (typeof fear)[]) =>
  inProject((project) => project.guesses.add({ videoId: id, who: 'Ada', rejected, guesses }));
const rejected = () => inProject((project) => project.guesses.rejectedOf(id));

describe('rejected guesses', () => {
  test('stand when the project is opened again, until they are taken back', () => {
    judge(true, fear);
    judge(true, joy);
    expect(rejected()).toEqual([fear, joy]);
    judge(false, fear);
    expect(rejected()).toEqual([joy]);
    judge(true, fear);
    expect(rejected()).toEqual([joy, fear]);
  });

  test('change neither labels nor the guesses of other videos', () => {
    const other = inProject((project) => addVideo(project, 'b.mp4', 'joy'));
    judge(true, fear);
    inProject((project) => {
      expect(project.guesses.rejectedOf(other)).toEqual([]);
      expect(project.labels.of(id)).toEqual([]);
    });
  });

  test('are appended, with who said it and when, and never changed', () => {
    judge(true, fear);
    judge(false, fear);
    using database = new DatabaseSync(path.join(dir, 'project.sqlite'));
    const rows = database.prepare('SELECT who, at, rejected FROM guess_verdicts ORDER BY seq').all();
    expect(rows.map((row) => ({ ...row }))).toEqual(
      [1, 0].map((flag) => ({ who: 'Ada', at: expect.stringMatching(/^\d{4}-.*Z$/) as string, rejected: flag })),
    );
    expect(() => database.exec('DELETE FROM guess_verdicts')).toThrow(/append-only/);
    expect(() => database.exec('UPDATE guess_verdicts SET rejected = 0')).toThrow(/append-only/);
  });

  test('of a video that is not there are refused', () => {
    const foreign = { videoId: 'f'.repeat(16), who: 'Ada', rejected: true, guesses: [fear] };
    inProject((project) => expect(() => project.guesses.add(foreign)).toThrow(/There is no video ffff/));
  });
});

test('a project of the version before guesses could be rejected opens, and can reject', () => {
  {
    using database = new DatabaseSync(path.join(dir, 'project.sqlite'));
    database.exec('DROP TABLE guess_verdicts; PRAGMA user_version = 3');
  }
  judge(true, fear);
  expect(rejected()).toEqual([fear]);
});
