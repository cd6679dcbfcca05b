import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scanFolder } from '../../../src-main/media/scan.ts';
import { temporaryFolder } from '../../support/media-fixtures.ts';

let root: string;
let remove: () => Promise<void>;

beforeEach(async () => ({ folder: root, remove } = await temporaryFolder()));
afterEach(() => remove());

async function touch(...files: string[]): Promise<void> {
  for (const file of files) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), 'x');
  }
}

const paths = (items: readonly { path: string }[]) => items.map(({ path }) => path);

describe('scanning a folder', () => {
  it('finds videos of every extension in any case, at any depth, in the order of their paths', async () => {
    const files = ['mp4', 'M4V', 'mov', 'mkv', 'webm', 'avi', 'FLV', 'mpg', 'mpeg', 'wmv', 'Gif'].map((e) => `v.${e}`);
    await touch(...files, 'b/x.mp4', 'B/x.mp4', 'a/b/c/d.mp4', 'sound.wav', 'a/readme.md');
    const { videos, otherFiles, skipped } = await scanFolder(root);
    expect(paths(videos)).toEqual([...files, 'b/x.mp4', 'B/x.mp4', 'a/b/c/d.mp4'].sort());
    expect(videos[0]).toEqual({ path: 'B/x.mp4', kind: 'file', sizeBytes: 1 });
    expect(otherFiles).toBe(2);
    expect(skipped).toEqual([]);
  });

  it('takes a folder of numbered pictures for one video', async () => {
    await touch('train/Angry/00012/1.jpg', 'train/Angry/00012/2.jpg', 'train/Angry/00013/007.png', '9.jpg');
    expect((await scanFolder(root)).videos).toEqual([
      { path: '.', kind: 'frames', sizeBytes: 1 },
      { path: 'train/Angry/00012', kind: 'frames', sizeBytes: 2 },
      { path: 'train/Angry/00013', kind: 'frames', sizeBytes: 1 },
    ]);
  });

  it('pictures beside videos are no video; unnumbered ones are reported', async () => {
    await touch('a/clip.mp4', 'a/clip1.jpg', 'b/cover.jpg');
    const { videos, skipped, otherFiles } = await scanFolder(root);
    expect(paths(videos)).toEqual(['a/clip.mp4']);
    expect(skipped).toEqual([{ path: 'b', reason: expect.stringMatching(/cover.jpg has no number/) }]);
    expect(otherFiles).toBe(1);
  });

  it('names the lists from which a layout may read labels', async () => {
    await touch('labels.csv', 'lists/set_1.TXT', 'annotation.xlsx', 'x.mp4');
    expect((await scanFolder(root)).lists).toEqual(['annotation.xlsx', 'labels.csv', 'lists/set_1.TXT']);
  });

  it('ignores hidden files and folders', async () => {
    await touch('._a.mp4', '.git/b.mp4', '.DS_Store', 'c.mp4');
    expect(await scanFolder(root)).toMatchObject({ videos: [{ path: 'c.mp4' }], otherFiles: 0 });
  });

  it('names what looks like a video and is passed over', async () => {
    await touch('a/.h.mp4', 'a/._h.mp4', 'a/b.MTS', 'a/c.3gp', 'a/.notes', 'd.mp4', '.trash/e.mp4');
    expect((await scanFolder(root)).passedOver).toEqual(['a/.h.mp4', 'a/b.MTS', 'a/c.3gp']);
  });

  it('follows links, each folder once, under its own name where it has one, and no loops', async () => {
    await touch('z/real.mp4', 'elsewhere.mp4');
    await mkdir(path.join(root, 'a'));
    await symlink(path.join(root, 'z'), path.join(root, 'a', 'link-to-z'));
    await symlink(root, path.join(root, 'z', 'loop'));
    await symlink(path.join(root, 'elsewhere.mp4'), path.join(root, 'a', 'link.mp4'));
    await symlink(path.join(root, 'nowhere'), path.join(root, 'broken.mp4'));
    const { videos, skipped } = await scanFolder(root);
    expect(paths(videos)).toEqual(['a/link.mp4', 'elsewhere.mp4', 'z/real.mp4']);
    expect(skipped).toEqual([{ path: 'broken.mp4', reason: expect.stringMatching(/leads nowhere: ENOENT/) }]);
  });

  it('enters a folder outside the root through a link', async () => {
    const outside = await temporaryFolder();
    await writeFile(path.join(outside.folder, 'x.mp4'), 'x');
    await symlink(outside.folder, path.join(root, 'link'));
    expect(paths((await scanFolder(root)).videos)).toEqual(['link/x.mp4']);
    await outside.remove();
  });

  it.skipIf(process.getuid?.() === 0)('reports a folder that may not be read and goes on', async () => {
    await touch('closed/x.mp4', 'open/y.mp4');
    await chmod(path.join(root, 'closed'), 0);
    const { videos, skipped } = await scanFolder(root);
    await chmod(path.join(root, 'closed'), 0o700);
    expect(paths(videos)).toEqual(['open/y.mp4']);
    expect(skipped).toEqual([{ path: 'closed', reason: expect.stringMatching(/may not be read: EACCES/) }]);
  });

  it('an empty folder has nothing; a missing one, and a file, are errors that say so', async () => {
    expect(await scanFolder(root)).toEqual({ videos: [], lists: [], skipped: [], passedOver: [], otherFiles: 0 });
    await touch('file.mp4');
    await expect(scanFolder(path.join(root, 'no'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(scanFolder(path.join(root, 'file.mp4'))).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('can be aborted', async () => {
    await expect(scanFolder(root, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  });
});
