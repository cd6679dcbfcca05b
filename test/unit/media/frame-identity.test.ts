import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeFrames } from '../../../src-main/media/decode.ts';
import { examineVideo } from '../../../src-main/media/examine.ts';
import {
  CODE,
  readCode,
  runFfmpeg,
  setMp4Rotation,
  temporaryFolder,
  writeCodedVideo,
  type CodedVideo,
} from '../../support/media-fixtures.ts';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => ({ folder, remove } = await temporaryFolder()));
afterAll(() => remove());

const MILLISECOND_CLOCK = 0.00051;
const EXACT = 1e-9;
const H264 = ['-c:v', 'libx264', '-crf', '10', '-g', '12'];
const B_FRAMES = [...H264, '-bf', '3', '-b_strategy', '0'];
const NO_B_FRAMES = [...H264, '-bf', '0'];
const VARIABLE = [0, 40, 80, 200, 210, 250, 400, 433, 466, 700, 1200, 1233, 1266, 1300, 1900];

function evenly(count: number, rate: number): number[] {
  return Array.from({ length: count }, (_, i) => i / rate);
}

/** Examines and decodes a file, and gives which picture came at which time. */
async function see(file: string) {
  const examined = await examineVideo({ path: file, kind: 'file' });
  const codes: number[] = [];
  const timesSec: number[] = [];
  for await (const picture of decodeFrames({ path: file, kind: 'file', ...examined })) {
    expect(picture.frame).toBe(codes.length);
    expect([picture.width, picture.height]).toEqual([examined.media.width, examined.media.height]);
    codes.push(readCode(picture.rgb, picture.width, picture.height));
    timesSec.push(picture.timeSec);
  }
  expect(timesSec).toEqual([...examined.index.timesSec]);
  return { ...examined, codes, timesSec };
}

function expectTimes(actual: readonly number[], expected: readonly number[], tolerance: number) {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((time, i) =>
    expect(Math.abs(actual[i]! - time), `frame ${i}: ${actual[i]}`).toBeLessThan(tolerance),
  );
}

function expectIncreasing(timesSec: readonly number[]) {
  timesSec.slice(1).forEach((time, i) => expect(time).toBeGreaterThan(timesSec[i]!));
}

type Case = { name: string; file: string; video: CodedVideo; timesSec: number[]; tolerance?: number };

const ms = (times: readonly number[]) => times.map((time) => time / 1000);

const CASES: Case[] = [
  { name: 'B-frames, 25 fps', file: 'b.mp4', video: { frames: 50, options: B_FRAMES }, timesSec: evenly(50, 25) },
  { name: '10 fps', file: '10.mp4', video: { frames: 21, rate: '10', options: B_FRAMES }, timesSec: evenly(21, 10) },
  {
    name: '29.97 fps',
    file: 'ntsc.mov',
    video: { frames: 31, rate: '30000/1001', options: H264 },
    timesSec: evenly(31, 30000 / 1001),
  },
  {
    name: '60 fps on a clock of milliseconds',
    file: '60.mkv',
    video: { frames: 61, rate: '60', options: B_FRAMES },
    timesSec: evenly(61, 60),
    tolerance: MILLISECOND_CLOCK,
  },
  {
    name: 'a variable rate',
    file: 'variable.mp4',
    video: { timesMs: VARIABLE, options: [...NO_B_FRAMES, '-use_editlist', '0'] },
    timesSec: ms(VARIABLE),
  },
  {
    name: 'a variable rate with B-frames in Matroska',
    file: 'variable.mkv',
    video: { timesMs: VARIABLE, options: B_FRAMES },
    timesSec: ms(VARIABLE),
  },
  {
    name: 'a start at 5 s',
    file: 'late.mkv',
    video: { frames: 25, options: [...B_FRAMES, '-output_ts_offset', '5'] },
    timesSec: evenly(25, 25),
  },
  {
    name: 'sound that starts 1 s before the picture',
    file: 'sound-first.mp4',
    video: { frames: 4, filters: ['setpts=PTS+1/TB'], inputs: ['-f', 'lavfi', '-i', 'sine=d=2'], options: H264 },
    timesSec: [1, 1.04, 1.08, 1.12],
  },
  {
    name: 'MPEG-4 in AVI',
    file: 'x.avi',
    video: { frames: 30, options: ['-c:v', 'mpeg4', '-q:v', '2'] },
    timesSec: evenly(30, 25),
  },
  {
    // AVI has times of decoding only: players show such files late by the one frame that the decoder looks ahead.
    name: 'MPEG-4 with B-frames in AVI',
    file: 'bf.avi',
    video: { frames: 30, options: ['-c:v', 'mpeg4', '-bf', '2', '-q:v', '2'] },
    timesSec: evenly(31, 25).slice(1),
  },
  {
    name: 'Flash video',
    file: 'x.flv',
    video: { frames: 30, options: ['-c:v', 'flv', '-q:v', '2'] },
    timesSec: evenly(30, 25),
  },
  {
    name: 'Windows Media',
    file: 'x.wmv',
    video: { frames: 30, options: ['-c:v', 'wmv2', '-q:v', '2'] },
    timesSec: evenly(30, 25),
  },
  {
    name: 'MPEG-1 with B-frames, start at 0.5 s',
    file: 'x.mpg',
    video: { frames: 30, options: ['-c:v', 'mpeg1video', '-bf', '2', '-q:v', '2'] },
    timesSec: evenly(30, 25),
    tolerance: 1e-4,
  },
  {
    name: 'VP8',
    file: 'vp8.webm',
    video: { frames: 20, options: ['-c:v', 'libvpx', '-b:v', '1M'] },
    timesSec: evenly(20, 25),
  },
  {
    name: 'VP9 with hidden frames',
    file: 'vp9.webm',
    video: {
      frames: 30,
      options: ['-c:v', 'libvpx-vp9', '-b:v', '1M', '-auto-alt-ref', '1', '-lag-in-frames', '16', '-cpu-used', '8'],
    },
    timesSec: evenly(30, 25),
  },
  { name: 'GIF', file: 'x.gif', video: { frames: 20, rate: '10' }, timesSec: evenly(20, 10) },
  { name: 'one frame', file: 'one.mp4', video: { frames: 1, options: H264 }, timesSec: [0] },
];

describe('every frame comes once, in order, at its own time', () => {
  it.each(CASES)('$name', async ({ file, video, timesSec, tolerance = EXACT }) => {
    const seen = await see(await writeCodedVideo(path.join(folder, file), video));
    expect(seen.codes).toEqual(timesSec.map((_, i) => i));
    expectTimes(seen.timesSec, timesSec, tolerance);
    expect(seen.media.frameCount).toBe(timesSec.length);
    expect(seen.index.repairedTimes).toBe(0);
    expect(seen.warnings).toEqual([]);
  });
});

describe('what a video says of itself', () => {
  it('a variable rate is told from a constant one', async () => {
    const constant = await see(path.join(folder, '60.mkv'));
    const variable = await see(path.join(folder, 'variable.mkv'));
    expect(constant.media).toMatchObject({ variableFrameRate: false, codec: 'h264', startSec: 0 });
    expect(constant.media.averageFps).toBeCloseTo(60, 1);
    expect(variable.media.variableFrameRate).toBe(true);
    expect(variable.media.averageFps).toBeCloseTo(14 / 1.9, 6);
  });

  it('the start time of the container is kept and subtracted', async () => {
    expect((await see(path.join(folder, 'late.mkv'))).media.startSec).toBeCloseTo(5, 6);
  });
});

describe('edit lists', () => {
  it('frames that an edit list hides are in neither index nor pictures', async () => {
    const whole = await writeCodedVideo(path.join(folder, 'whole.mp4'), { frames: 48, options: B_FRAMES });
    const cut = path.join(folder, 'cut.mp4');
    await runFfmpeg(['-ss', '0.8', '-i', whole, '-c', 'copy', '-y', cut]);
    const seen = await see(cut);
    expect(seen.codes[0]).toBeGreaterThanOrEqual(12);
    expect(seen.codes).toEqual(seen.codes.map((_, i) => seen.codes[0]! + i));
    expect(seen.codes.at(-1)).toBe(47);
    seen.codes.forEach((code, i) => expect(seen.timesSec[i]).toBeCloseTo((code - 20) / 25, 3));
  });

  it('a last frame behind the end of the edit list is hidden, and the file is not taken for cut off', async () => {
    const file = path.join(folder, 'hidden-end.mp4');
    const seen = await see(await writeCodedVideo(file, { timesMs: VARIABLE, options: NO_B_FRAMES }));
    expect(seen.codes).toEqual([...Array(14).keys()]);
    expectTimes(seen.timesSec, ms(VARIABLE).slice(0, -1), EXACT);
  });
});

describe('rotation and pixel shape', () => {
  it.each([
    [90, 'transpose=cclock'],
    [180, 'hflip,vflip'],
    [270, 'transpose=clock'],
  ] as const)('a picture stored turned by %i degrees comes upright, once', async (degrees, stored) => {
    const file = path.join(folder, `turned-${degrees}.mp4`);
    await writeCodedVideo(file, { frames: 5, options: H264, filters: [stored] });
    await setMp4Rotation(file, degrees);
    const seen = await see(file);
    expect(seen.codes).toEqual([0, 1, 2, 3, 4]);
    expect(seen.media).toMatchObject({ rotation: degrees, width: CODE.width, height: CODE.height });
  });

  it('pixels that are not square are made square', async () => {
    const file = path.join(folder, 'anamorphic.mp4');
    await writeCodedVideo(file, { frames: 3, options: H264, filters: ['setsar=4/3'] });
    const seen = await see(file);
    expect(seen.media).toMatchObject({ width: (CODE.width * 4) / 3, height: CODE.height });
    expect(seen.codes).toEqual([0, 1, 2]);
  });
});

describe('streams that change on the way', () => {
  it('two recordings in one file, of different sizes and each from its own zero, make one video', async () => {
    const options = ['-c:v', 'mpeg2video', '-q:v', '2'];
    const first = await writeCodedVideo(path.join(folder, 'first.mpg'), { frames: 20, options });
    const second = await writeCodedVideo(path.join(folder, 'second.mpg'), {
      frames: 20,
      options,
      filters: ['scale=192:128'],
    });
    const joined = path.join(folder, 'joined.mpg');
    await writeFile(joined, Buffer.concat([await readFile(first), await readFile(second)]));
    const seen = await see(joined);
    // ffmpeg's MPEG-2 decoder loses the frame before a change of size.
    expect(seen.codes).toEqual([...Array(19).keys(), ...Array(20).keys()]);
    expectIncreasing(seen.timesSec);
  });

  it('a stream without a container, and so without times, gets increasing ones', async () => {
    const file = await writeCodedVideo(path.join(folder, 'elementary.mpg'), {
      frames: 30,
      options: ['-c:v', 'mpeg1video', '-bf', '2', '-q:v', '2', '-f', 'mpeg1video'],
    });
    const seen = await see(file);
    expect(seen.codes).toEqual([...Array(30).keys()]);
    expectIncreasing(seen.timesSec);
  });
});
