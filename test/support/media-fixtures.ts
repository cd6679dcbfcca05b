import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mediaTools } from '../../src-main/media/binaries.ts';

/** Pictures whose number can be read back after lossy coding: a grid of dark and bright cells, one bit each. */
export const CODE = { width: 96, height: 64, columns: 6, rows: 2 } as const;

const DARK = 40;
const BRIGHT = 215;

/** u8 [h,w,c] of CODE's size that shows `number`, 0 to 4095. */
export function codedPicture(number: number): Uint8Array {
  const { width, height } = CODE;
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rgb.fill(cellOf(x, y, number), (y * width + x) * 3, (y * width + x + 1) * 3);
  }
  return rgb;
}

function cellOf(x: number, y: number, number: number): number {
  const { width, height, columns, rows } = CODE;
  const cell = Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width);
  return (number >> cell) & 1 ? BRIGHT : DARK;
}

/** The number that a picture u8 [h,w,c] of any size shows, read at the centres of the cells. */
export function readCode(rgb: Uint8Array, width: number, height: number): number {
  let number = 0;
  for (let cell = 0; cell < CODE.columns * CODE.rows; cell++) {
    const x = Math.floor((((cell % CODE.columns) + 0.5) * width) / CODE.columns);
    const y = Math.floor(((Math.floor(cell / CODE.columns) + 0.5) * height) / CODE.rows);
    if (rgb[(y * width + x) * 3]! > (DARK + BRIGHT) / 2) number |= 1 << cell;
  }
  return number;
}

/** A new temporary folder, and what removes it. */
export async function temporaryFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'apexscope-media-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export type CodedVideo = {
  /** Presentation time of each frame in whole milliseconds; the picture of frame i shows i. */
  timesMs?: readonly number[];
  /** Instead of times: a count of frames at a constant rate, given as ffmpeg reads it ('30000/1001'). */
  frames?: number;
  rate?: string;
  /** Further inputs after the pictures. */
  inputs?: readonly string[];
  /** Codec and container. */
  options?: readonly string[];
  filters?: readonly string[];
};

/** Writes a video of coded pictures. Without options ffmpeg chooses the codec by the extension. */
export async function writeCodedVideo(file: string, video: CodedVideo): Promise<string> {
  const { timesMs, inputs = [], options = [], filters = [] } = video;
  const count = timesMs?.length ?? video.frames ?? 25;
  const size = `${CODE.width}x${CODE.height}`;
  const times = timesMs?.map((time, i) => `eq(N,${i})*${time}`).join('+');
  const allFilters = [...(times ? [`setpts='${times}'`] : []), ...filters, 'format=yuv420p'];
  await runFfmpeg(
    [
      ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', size, '-r', timesMs ? '1000' : (video.rate ?? '25'), '-i', '-'],
      ...inputs,
      ...['-vf', allFilters.join(','), '-vsync', '0'],
      ...options,
      ...['-y', `file:${file}`],
    ],
    Buffer.concat(Array.from({ length: count }, (_, i) => codedPicture(i))),
  );
  return file;
}

/** Runs the ffmpeg in use with these arguments; rejects with what it complained of. */
export async function runFfmpeg(args: readonly string[], input?: Uint8Array): Promise<void> {
  const { ffmpeg } = await mediaTools();
  const child = spawn(ffmpeg.path, ['-v', 'error', ...args], { stdio: ['pipe', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`ffmpeg ${args.join(' ')}: ${complaints}`);
}

/** Makes players turn an MP4 by quarter turns clockwise, as phones do: in the display matrix of its track header. */
export async function setMp4Rotation(file: string, clockwiseDegrees: 90 | 180 | 270): Promise<void> {
  const content = await readFile(file);
  const one = 0x10000;
  const matrices = { 90: [0, one, -one, 0], 180: [-one, 0, 0, -one], 270: [0, -one, one, 0] } as const;
  const [a, b, c, d] = matrices[clockwiseDegrees];
  const matrix = content.indexOf('tkhd') + 44;
  [a, b, 0, c, d, 0].forEach((value, i) => content.writeInt32BE(value, matrix + 4 * i));
  await writeFile(file, content);
}
