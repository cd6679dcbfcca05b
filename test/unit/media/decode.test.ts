import { execFileSync } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeFrames, type DecodeOptions } from '../../../src-main/media/decode.ts';
import { outputSize, pictureFilters } from '../../../src-main/media/decode-options.ts';
import { examineVideo } from '../../../src-main/media/examine.ts';
import { runningFfmpegPids } from '../../../src-main/media/ffmpeg-process.ts';
import type { IndexedSource } from '../../../src-main/media/media-source.ts';
import { CODE, readCode, runFfmpeg, temporaryFolder, writeCodedVideo } from '../../support/media-fixtures.ts';

let folder: string;
let remove: () => Promise<void>;
let short: IndexedSource;
/** Decodes to 2 GB: no pipe holds so much, so ffmpeg runs until it is ended. */
let long: IndexedSource;

async function indexed(file: string): Promise<IndexedSource> {
  return { path: file, kind: 'file', ...(await examineVideo({ path: file, kind: 'file' })) };
}

async function decodeAll(source: IndexedSource, options: DecodeOptions = {}) {
  const frames = [];
  for await (const frame of decodeFrames(source, options)) frames.push(frame);
  return frames;
}

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  short = await indexed(await writeCodedVideo(path.join(folder, 'short.mp4'), { frames: 25 }));
  const longFile = path.join(folder, 'long.mp4');
  await runFfmpeg(['-f', 'lavfi', '-i', 'color=s=640x480:d=90', '-preset', 'ultrafast', '-y', longFile]);
  long = await indexed(longFile);
});
afterAll(() => remove());

async function exhaust(frames: AsyncGenerator<unknown>): Promise<void> {
  while (!(await frames.next()).done);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function onlyPid(): number {
  const pids = runningFfmpegPids();
  expect(pids).toHaveLength(1);
  return pids[0]!;
}

describe('the size of decoded pictures', () => {
  it('is that of the picture, shrunk to maxSide, never enlarged, or as asked', () => {
    const shown = { width: 640, height: 360 };
    expect(outputSize(shown, {})).toEqual(shown);
    expect(outputSize(shown, { maxSide: 320 })).toEqual({ width: 320, height: 180 });
    expect(outputSize(shown, { maxSide: 5000 })).toEqual(shown);
    expect(outputSize({ width: 1000, height: 2 }, { maxSide: 100 })).toEqual({ width: 100, height: 1 });
    expect(outputSize(shown, { maxSide: 10, width: 112, height: 112 })).toEqual({ width: 112, height: 112 });
  });

  it('is scaled before it is turned, so that the turned picture has the size asked for', () => {
    expect(pictureFilters({ rotation: 90 }, { width: 60, height: 80 })).toBe(
      'scale=80:60,format=rgb24,transpose=clock',
    );
    expect(pictureFilters({ rotation: 0 }, { width: 60, height: 80 })).toBe('scale=60:80,format=rgb24');
  });

  it('holds for the pictures that come, which still show their numbers', async () => {
    for (const options of [{ maxSide: 48 }, { width: 30, height: 50 }]) {
      const { width, height } = outputSize(CODE, options);
      const frames = await decodeAll(short, options);
      expect(frames.map(({ rgb }) => readCode(rgb, width, height))).toEqual([...Array(25).keys()]);
      expect(frames[0]).toMatchObject({ width, height });
      expect(frames[0]!.rgb).toHaveLength(width * height * 3);
    }
  });
});

describe('buffers of pictures', () => {
  it('are fresh by default, so pictures can be kept', async () => {
    const frames = await decodeAll(short);
    expect(new Set(frames.map(({ rgb }) => rgb.buffer)).size).toBe(25);
  });

  it('serve again if asked, but never before the next picture is asked for', async () => {
    const codes: number[] = [];
    for await (const { rgb, width, height } of decodeFrames(short, { maxSide: 24, reuse: true })) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      codes.push(readCode(rgb, width, height));
    }
    expect(codes).toEqual([...Array(25).keys()]);
    const many = new Set<unknown>();
    let frames = 0;
    for await (const { rgb } of decodeFrames(long, { reuse: true })) {
      many.add(rgb.buffer);
      frames += 1;
      if (frames === 60) break;
    }
    expect(many.size).toBeLessThan(10);
  });
});

describe('a decoder does not outlive its use', () => {
  it('leaving the loop ends ffmpeg before the loop is left', async () => {
    let pid = 0;
    for await (const { frame } of decodeFrames(long)) {
      pid = onlyPid();
      if (frame === 2) break;
    }
    expect(isAlive(pid)).toBe(false);
    expect(runningFfmpegPids()).toEqual([]);
  });

  it('an error in the loop ends it too', async () => {
    const loop = async () => {
      for await (const { frame } of decodeFrames(long)) if (frame === 1) throw new Error('mine');
    };
    await expect(loop()).rejects.toThrow('mine');
    expect(runningFfmpegPids()).toEqual([]);
  });

  it('aborting ends it at once, even while nobody reads', async () => {
    const abort = new AbortController();
    const frames = decodeFrames(long, { signal: abort.signal });
    await frames.next();
    const pid = onlyPid();
    const from = performance.now();
    abort.abort();
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(performance.now() - from).toBeLessThan(1000);
    const rest = exhaust(frames);
    await expect(rest).rejects.toMatchObject({ code: 'aborted' });
  });

  it('an aborted job starts no ffmpeg', async () => {
    await expect(decodeAll(long, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
    expect(runningFfmpegPids()).toEqual([]);
  });

  it('aborting the index ends it', async () => {
    const abort = new AbortController();
    const job = { signal: abort.signal, onProgress: () => abort.abort() };
    await expect(examineVideo({ path: long.path, kind: 'file' }, job)).rejects.toMatchObject({ code: 'aborted' });
    expect(runningFfmpegPids()).toEqual([]);
  });

  it('a decoder that hangs is ended and reported', async () => {
    const frames = decodeFrames(long, { stallSec: 0.4 });
    await frames.next();
    const pid = onlyPid();
    process.kill(pid, 'SIGSTOP');
    const rest = exhaust(frames);
    await expect(rest).rejects.toMatchObject({
      code: 'decode-failed',
      message: expect.stringMatching(/nothing for 0.4 s/),
    });
    expect(isAlive(pid)).toBe(false);
  });

  it('a slow reader is not taken for a decoder that hangs', async () => {
    const frames = decodeFrames(long, { stallSec: 2 });
    await frames.next();
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect((await frames.next()).value).toMatchObject({ frame: 1 });
    await frames.return();
  });
});

describe('what was imported is what is decoded', () => {
  it.each([
    ['fewer', 24, /expected 24 frames, found more than 24/],
    ['more', 26, /expected 26 frames, found 25/],
  ])('a file of which the index knows %s frames is refused', async (_, known, message) => {
    const timesSec = Float64Array.from({ length: known }, (_, i) => i / 25);
    const decoding = decodeAll({ ...short, index: { timesSec } });
    await expect(decoding).rejects.toMatchObject({ code: 'decode-failed', message: expect.stringMatching(message) });
  });

  it('a file that is gone is a decoding error that names it', async () => {
    const gone = path.join(folder, 'gone.mp4');
    await expect(decodeAll({ ...short, path: gone })).rejects.toMatchObject({
      code: 'decode-failed',
      message: expect.stringContaining('gone.mp4'),
    });
  });
});

describe('names mean nothing', () => {
  const names = [
    '-i.mp4',
    'a b.mp4',
    `it's "q".mp4`,
    '笑顔 ü.mp4',
    'c:d.mp4',
    '100%d.mp4',
    'http:x.mp4',
    '[x],y;z.mp4',
    'pipe:0.mp4',
  ];

  it.each(names)('%s is a file like any other', async (name) => {
    const inner = path.join(folder, 'names, 100% [odd]');
    await mkdir(inner, { recursive: true });
    const file = path.join(inner, name);
    await copyFile(short.path, file);
    expect(await decodeAll(await indexed(file))).toHaveLength(25);
  });

  it('a relative name with a leading dash is no option', async () => {
    const script = `
      import { examineVideo } from ${JSON.stringify(path.resolve('src-main/media/examine.ts'))};
      const { index } = await examineVideo({ path: '-i.mp4', kind: 'file' });
      console.log(index.timesSec.length);`;
    await copyFile(short.path, path.join(folder, '-i.mp4'));
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
    expect(printed.toString().trim()).toBe('25');
  });
});
