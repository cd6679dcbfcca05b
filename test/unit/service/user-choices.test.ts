import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { filesOfConfig } from '../../../src-main/compute/config-files.ts';
import { jobRequestSchema } from '../../../src-main/contract/window/jobs.ts';
import { filePath } from '../../../src-main/contract/window/limits.ts';
import { checkChosenPaths } from '../../../src-main/service/window/chosen-paths.ts';
import { GrantedPaths } from '../../../src-main/service/window/granted-paths.ts';
import { RefusedRequests } from '../../../src-main/service/window/refused-requests.ts';
import { UserFiles } from '../../../src-main/service/window/user-files.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'apexscope-user-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('places that the user has chosen', () => {
  const paths = new GrantedPaths();
  paths.grant('/data/videos');

  it('admit themselves and what lies in them, and nothing else', () => {
    for (const place of ['/data/videos', '/data/videos/a/../b.mp4']) expect(() => paths.check(place)).not.toThrow();
    const refused = ['/data', '/data/videos-of-others', '/data/videos/../secret', '/', 'videos', '', '/data/videosx/a'];
    for (const place of refused) expect(() => paths.check(place), place).toThrow('was not chosen');
  });

  it('are asked for wherever a schema of the window has a path', () => {
    const schema = z.strictObject({
      one: filePath.optional(),
      many: z.array(z.strictObject({ place: filePath })).default([]),
      either: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('file'), file: filePath }),
        z.strictObject({ kind: z.literal('text'), text: z.string() }),
      ]),
    });
    const check = (input: z.input<typeof schema>) => () => checkChosenPaths(schema, schema.parse(input), paths);
    const text = { kind: 'text' as const, text: '/etc/passwd' };
    expect(check({ either: text })).not.toThrow();
    expect(check({ one: '/data/videos/a', either: { kind: 'file', file: '/data/videos' } })).not.toThrow();
    expect(check({ one: '/etc/passwd', either: text })).toThrow('was not chosen');
    expect(check({ many: [{ place: '/data/videos' }, { place: '/etc' }], either: text })).toThrow(
      '/etc was not chosen',
    );
    expect(check({ either: { kind: 'file', file: '/etc/passwd' } })).toThrow('was not chosen');
  });
});

describe('jobs that had not ended', () => {
  it('are found again, and one that this version does not know puts all aside', async () => {
    const request = jobRequestSchema.parse({ kind: 'train', run: 'one' });
    await new UserFiles(folder).setJobs([{ request, project: '/p' }]);
    expect(await new UserFiles(folder).jobs()).toEqual([{ request, project: '/p' }]);
    writeFileSync(path.join(folder, 'jobs.json'), '[{"request":{"kind":"fly"},"project":null}]');
    expect(await new UserFiles(folder).jobs()).toEqual([]);
  });
});

describe('files that the settings of a run name', () => {
  it.each([
    ['in its config', { config: { initialWeights: '/w.safetensors' }, set: [] }, ['/w.safetensors']],
    ['in a pair, which wins', { config: { recipe: '/a' }, set: ['recipe=/b'] }, ['/b']],
    ['nowhere', { config: {}, set: ['epochs=2'] }, []],
    ['in settings that will be refused', { config: { recipe: '/a', what: 1 }, set: [] }, []],
  ])('are found %s', (_, { config, set }, files) => {
    expect(filesOfConfig(config, set)).toEqual(files);
  });
});

describe('preferences', () => {
  it('start with what ships, and keep what is changed', async () => {
    const files = new UserFiles(path.join(folder, 'new'));
    expect(await files.preferences()).toEqual({
      ...{ theme: 'system', rater: '', keys: {}, panels: {} },
      engine: { threads: 0, wideKernels: true },
    });
    await Promise.all([files.setPreferences({ theme: 'dark' }), files.setPreferences({ rater: 'Ada' })]);
    expect(await new UserFiles(path.join(folder, 'new')).preferences()).toMatchObject({ theme: 'dark', rater: 'Ada' });
  });

  it('that cannot be read are put aside, and the program starts', async () => {
    writeFileSync(path.join(folder, 'preferences.json'), '{"theme": "purple"');
    expect((await new UserFiles(folder).preferences()).theme).toBe('system');
    expect(readFileSync(path.join(folder, 'preferences.json.unreadable'), 'utf8')).toContain('purple');
  });
});

describe('recent projects', () => {
  it('are listed newest first, each once, with those that have gone marked', async () => {
    const files = new UserFiles(folder);
    const there = path.join(folder, 'there');
    const opened = (dir: string, openedAt: string) =>
      files.addRecentProject({ dir, name: path.basename(dir), openedAt });
    await opened(there, '1');
    await opened('/gone', '2');
    await opened(there, '3');
    expect(await files.recentProjects()).toEqual([
      { dir: there, name: 'there', openedAt: '3', missing: true },
      { dir: '/gone', name: 'gone', openedAt: '2', missing: true },
    ]);
    await files.forgetRecentProject('/gone');
    expect((await files.recentProjects()).map(({ dir }) => dir)).toEqual([there]);
  });
});

describe('refused requests', () => {
  it('are counted, and the last kept without what follows a question mark', () => {
    const refused = new RefusedRequests();
    for (let i = 0; i < 60; i++) refused.add(`https://tracker.example/${i}?face=secret#x`);
    const { refusedRequests, lastRefused, networkAllowed } = refused.facts();
    expect([refusedRequests, lastRefused.length, networkAllowed]).toEqual([60, 50, false]);
    expect(lastRefused[0]?.url).toBe('https://tracker.example/59');
  });
});
