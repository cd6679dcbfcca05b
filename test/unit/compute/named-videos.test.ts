import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namedVideos } from '../../../src-main/compute/named-videos.ts';
import { temporaryFolder } from '../../support/media-fixtures.ts';

let folder: string;
let remove: () => Promise<void>;
const at = (...parts: string[]) => path.join(folder, ...parts);

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  for (const name of ['week/anna/a.mp4', 'week/b.mov', 'frames/001.jpg', 'frames/002.jpg', 'texts/notes.txt']) {
    await mkdir(path.dirname(at(name)), { recursive: true });
    await writeFile(at(name), 'x');
  }
});
afterAll(() => remove());

describe('videos that somebody named', () => {
  it('are files, folders of frames, and all that lies in other folders, each once', async () => {
    const { videos, failed } = await namedVideos([at('week', 'b.mov'), at('week'), at('frames')], {});
    expect(videos).toEqual([
      { path: at('week', 'b.mov'), kind: 'file' },
      { path: at('week', 'anna', 'a.mp4'), kind: 'file' },
      { path: at('frames'), kind: 'frames' },
    ]);
    expect(failed).toEqual([]);
  });

  it('leave out what is not there and folders without a video, and say why', async () => {
    const { videos, failed } = await namedVideos([at('gone.mp4'), at('texts'), at('week', 'b.mov')], {});
    expect(videos).toHaveLength(1);
    expect(failed).toEqual([
      { path: at('gone.mp4'), code: 'not-found', reason: 'there is no such file or folder.' },
      { path: at('texts'), code: 'unsupported-file', reason: 'there are no videos and no numbered frames in it.' },
    ]);
  });
});
