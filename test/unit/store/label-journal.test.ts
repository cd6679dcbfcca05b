import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
  folder = await mkdtemp(path.join(tmpdir(), 'apexscope-journal-'));
  dir = path.join(folder, 'p');
  id = inProject((project) => addVideo(project, 'a.mp4', 'anger'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function inProject<T>(work: (project: Project) => T): T {
  using project = openProject(dir, { create: true });
  return work(project);
}

const labelOf = (project: Project) => project.video(id).label;
const person = { source: 'person' as const };

describe('opinions', () => {
  test('stand beside the label of the video, one for each rater, the last that counts', () => {
    inProject((project) => {
      project.labels.add([
        { videoId: id, who: 'Ada', label: 'fear', holds: false, ...person },
        { videoId: id, who: 'Ben', label: 'joy', holds: false, ...person },
        { videoId: id, who: 'Ada', label: 'disgust', holds: false, ...person },
      ]);
      expect(labelOf(project)).toBe('anger');
      expect(project.labels.opinions().map(({ who, label }) => [who, label])).toEqual([
        ['import', 'anger'],
        ['Ben', 'joy'],
        ['Ada', 'disgust'],
      ]);
      expect(project.labels.raters()).toEqual(['Ada', 'Ben']);
      expect(project.labels.holding().map(({ who }) => who)).toEqual(['import']);
    });
  });

  test('a rejected video has no label', () => {
    inProject((project) => {
      project.labels.add([{ videoId: id, who: 'Ada', label: null, rejected: true, ...person }]);
      expect(labelOf(project)).toBeNull();
      const both = { videoId: id, who: 'Ada', label: 'joy', rejected: true, ...person };
      expect(() => project.labels.add([both])).toThrow(/rejected has no label/);
    });
  });
});

describe('withdrawing', () => {
  test('brings back what was said before, and saying it again under the same key counts again', () => {
    inProject((project) => {
      const said = { videoId: id, who: 'Ada', label: 'fear', key: 'k1', ...person };
      project.labels.add([said]);
      expect(labelOf(project)).toBe('fear');
      expect(project.labels.withdraw('k1', 'Ada')).toBe(1);
      expect(labelOf(project)).toBe('anger');
      expect(project.labels.withdraw('k1', 'Ada')).toBe(0);
      project.labels.add([said]);
      expect(labelOf(project)).toBe('fear');
      expect(project.labels.of(id).map(({ label, withdrawn }) => [label, withdrawn])).toEqual([
        ['anger', false],
        ['fear', true],
        ['fear', false],
      ]);
    });
  });

  test('takes back all that was said at once, also after later labels', () => {
    inProject((project) => {
      const other = addVideo(project, 'b.mp4', 'joy');
      project.labels.add(
        [id, other].map((videoId) => ({ videoId, who: 'Ada', label: 'fear', key: 'both', ...person })),
      );
      project.labels.add([{ videoId: id, who: 'Ben', label: 'neutral', ...person }]);
      expect(project.labels.withdraw('both', 'Ada')).toBe(2);
      expect([labelOf(project), project.video(other).label]).toEqual(['neutral', 'joy']);
    });
  });

  test('is itself append-only', () => {
    inProject((project) => {
      project.labels.add([{ videoId: id, who: 'Ada', label: 'fear', key: 'k', ...person }]);
      project.labels.withdraw('k', 'Ada');
    });
    using database = new DatabaseSync(path.join(dir, 'project.sqlite'));
    expect(() => database.exec('DELETE FROM label_withdrawals')).toThrow(/append-only/);
    expect(() => database.exec('UPDATE label_withdrawals SET event_seq = 1')).toThrow(/append-only/);
  });
});

test('many labels are appended together or not at all', () => {
  inProject((project) => {
    const labels = [id, 'f'.repeat(16)].map((videoId) => ({ videoId, who: 'Ada', label: 'fear', ...person }));
    expect(() => project.labels.add(labels)).toThrow(/There is no video ffff/);
    expect(project.labels.of(id)).toHaveLength(1);
  });
});

test('a journal of the first version is taken over: its labels hold', () => {
  inProject(() => undefined);
  {
    using database = new DatabaseSync(path.join(dir, 'project.sqlite'));
    database.exec(`DROP TABLE guess_verdicts; DROP TABLE label_withdrawals; DROP INDEX label_events_by_key;
      ALTER TABLE label_events DROP COLUMN rejected; ALTER TABLE label_events DROP COLUMN holds;
      ALTER TABLE label_events DROP COLUMN key; DROP INDEX videos_by_path; PRAGMA user_version = 1`);
  }
  inProject((project) => {
    expect(labelOf(project)).toBe('anger');
    expect(project.labels.of(id)[0]).toMatchObject({ holds: true, rejected: false, withdrawn: false });
  });
});

test('a kill in the middle of labelling and undoing leaves the journal whole', { timeout: 30_000 }, async () => {
  const script = `
    import { openProject } from ${JSON.stringify(path.resolve('src-main/store/project.ts'))};
    const project = openProject(${JSON.stringify(dir)});
    for (let i = 0; ; i++) {
      const said = { who: 'Ada', source: 'person', label: 'label ' + i, key: 'k' + i };
      project.labels.add([{ videoId: ${JSON.stringify(id)}, ...said }, { videoId: ${JSON.stringify(id)}, ...said, holds: false }]);
      if (i % 2) project.labels.withdraw('k' + i, 'Ada');
      process.stdout.write(i + '\\n');
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said.length > 120) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const steps = said.split('\n').length - 1;
  inProject((project) => {
    const events = project.labels.of(id).slice(1);
    expect(steps).toBeGreaterThan(10);
    expect(events.length / 2 - steps).toBeOneOf([0, 1]);
    expect(events.length % 2).toBe(0);
    for (const { label, withdrawn, key } of events.slice(0, 2 * steps)) {
      const i = Number(label!.slice(6));
      expect({ key, withdrawn }).toEqual({ key: `k${i}`, withdrawn: i % 2 === 1 });
    }
  });
});
