import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { contentHash } from '../../../src-main/media/content-hash.ts';
import { temporaryFolder } from '../../support/media-fixtures.ts';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => ({ folder, remove } = await temporaryFolder()));
afterAll(() => remove());

it('that of a file is the SHA-256 of its bytes', async () => {
  const bytes = Buffer.alloc(3_000_000, 'abc');
  await writeFile(path.join(folder, 'x.mp4'), bytes);
  const expected = createHash('sha256').update(bytes).digest('hex');
  expect(await contentHash({ path: path.join(folder, 'x.mp4'), kind: 'file' })).toBe(expected);
});

it('that of a folder of frames changes with a picture or a name, not with other files or the path', async () => {
  const hash = (name: string) => contentHash({ path: path.join(folder, name), kind: 'frames' });
  await mkdir(path.join(folder, 'a'));
  await writeFile(path.join(folder, 'a', '1.jpg'), 'one');
  await writeFile(path.join(folder, 'a', '2.jpg'), 'two');
  const first = await hash('a');
  await writeFile(path.join(folder, 'a', 'notes.txt'), 'x');
  await rename(path.join(folder, 'a'), path.join(folder, 'b'));
  expect(await hash('b')).toBe(first);
  await rename(path.join(folder, 'b', '2.jpg'), path.join(folder, 'b', '3.jpg'));
  const renamed = await hash('b');
  await writeFile(path.join(folder, 'b', '3.jpg'), 'TWO');
  expect(new Set([first, renamed, await hash('b')]).size).toBe(3);
});

it('a missing file is named; an aborted job stops', async () => {
  const source = { path: path.join(folder, 'missing.mp4'), kind: 'file' } as const;
  await expect(contentHash(source)).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringMatching(/missing.mp4/),
  });
  const present = { path: path.join(folder, 'x.mp4'), kind: 'file' } as const;
  await expect(contentHash(present, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
});
