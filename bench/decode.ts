/**
 * Frames per second of `decodeFrames` against the bare ffmpeg command with the same filters, which writes to nowhere
 * (`bare`), and against the same command into a pipe that `cat` empties (`piped`): what frames cost that reach another
 * process at all. Pictures of their full size come as they are stored and are converted by us, those of the bare command by
 * ffmpeg: both end as rgb24. Paired rounds in alternating order; the figure that counts is the median of the ratios. `cpuRatio` compares the seconds
 * of processor time instead (Linux only): it holds on a busy machine too, and is what the ratio falls to where ffmpeg
 * alone already keeps every core busy.
 *
 *   node bench/decode.ts [--rounds 7] [--seconds 60] [--save]
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { mediaTools } from '../src-main/media/binaries.ts';
import {
  frameTiming,
  INPUT_OPTIONS,
  outputSize,
  pictureFilters,
  VIDEO_STREAM,
} from '../src-main/media/decode-options.ts';
import { decodeFrames, type DecodeOptions } from '../src-main/media/decode.ts';
import { examineVideo } from '../src-main/media/examine.ts';
import { fileUrl } from '../src-main/media/ffmpeg-process.ts';
import type { IndexedSource } from '../src-main/media/media-source.ts';
import { runFfmpeg, temporaryFolder } from '../test/support/media-fixtures.ts';
import { publishResult } from './save-result.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '60' },
    save: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);

const CASES: { name: string; options: DecodeOptions }[] = [
  { name: '640x480 to 112x112', options: { width: 112, height: 112 } },
  { name: '640x480 to 320x240', options: { maxSide: 320 } },
  { name: '640x480 as it is', options: {} },
];

async function makeVideo(folder: string): Promise<IndexedSource> {
  const file = path.join(folder, 'bench.mp4');
  const source = `testsrc2=s=640x480:r=25:d=${values.seconds},noise=alls=12:allf=t`;
  await runFfmpeg(['-f', 'lavfi', '-i', source, '-c:v', 'libx264', '-crf', '23', '-pix_fmt', 'yuv420p', '-y', file]);
  return { path: file, kind: 'file', ...(await examineVideo({ path: file, kind: 'file' })) };
}

type Cost = { wallSec: number; cpuSec: number };

async function timed(work: () => Promise<void>): Promise<Cost> {
  const from = { wallMs: performance.now(), cpuSec: cpuSeconds() };
  await work();
  return { wallSec: (performance.now() - from.wallMs) / 1000, cpuSec: cpuSeconds() - from.cpuSec };
}

/** User and system time of this process and its ended children, counted by Linux in hundredths; elsewhere NaN. */
function cpuSeconds(): number {
  if (process.platform !== 'linux') return NaN;
  const afterName = readFileSync('/proc/self/stat', 'latin1').split(') ').at(-1)!.split(' ');
  return afterName.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

async function ours(source: IndexedSource, options: DecodeOptions): Promise<void> {
  let bytes = 0;
  for await (const { rgb } of decodeFrames(source, { ...options, reuse: true })) bytes += rgb.length;
  if (bytes === 0) throw new Error('Nothing was decoded.');
}

async function bareCommand(source: IndexedSource, options: DecodeOptions): Promise<[string, ...string[]]> {
  const { ffmpeg } = await mediaTools();
  const filters = pictureFilters(source.media, outputSize(source.media, options));
  const output = ['-vf', filters, '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'];
  const input = ['-v', 'error', '-nostdin', ...INPUT_OPTIONS, '-i', fileUrl(source.path)];
  return [ffmpeg.path, ...input, ...VIDEO_STREAM, ...frameTiming(ffmpeg), ...output];
}

async function bare(source: IndexedSource, options: DecodeOptions): Promise<void> {
  const [program, ...args] = await bareCommand(source, options);
  const nowhere = await open('/dev/null', 'w');
  await ended(spawn(program, args, { stdio: ['ignore', nowhere.fd, 'inherit'] }));
  await nowhere.close();
}

async function piped(source: IndexedSource, options: DecodeOptions): Promise<void> {
  const command = await bareCommand(source, options);
  const shell = ['-c', '"$@" | cat > /dev/null', 'sh', ...command];
  await ended(spawn('sh', shell, { stdio: ['ignore', 'ignore', 'inherit'] }));
}

async function ended(child: ChildProcess): Promise<void> {
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`ffmpeg ended with ${String(code)}`);
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

const RUNS = { ours, bare, piped };
type Round = Record<keyof typeof RUNS, Cost>;

async function round(source: IndexedSource, options: DecodeOptions, number: number): Promise<Round> {
  const order = number % 2 === 0 ? (['ours', 'bare', 'piped'] as const) : (['piped', 'bare', 'ours'] as const);
  const costs = new Map<keyof typeof RUNS, Cost>();
  for (const name of order) costs.set(name, await timed(() => RUNS[name](source, options)));
  return Object.fromEntries(costs) as Round;
}

async function measure(source: IndexedSource, { name, options }: (typeof CASES)[number]) {
  await ours(source, options);
  const all: Round[] = [];
  for (let number = 0; number < rounds; number++) all.push(await round(source, options, number));
  const frames = source.index.timesSec.length;
  const framesPerSecond = (run: keyof Round) => Math.round(median(all.map((costs) => frames / costs[run].wallSec)));
  const against = (peer: 'bare' | 'piped') => {
    const ratios = (cost: keyof Cost) => all.map((costs) => costs[peer][cost] / costs.ours[cost]);
    const rounded = (value: number) => Number(value.toFixed(3));
    const [medianRatio, cpuRatio] = [rounded(median(ratios('wallSec'))), rounded(median(ratios('cpuSec')))];
    return { framesPerSecond: framesPerSecond(peer), medianRatio, cpuRatio, ratios: ratios('wallSec').map(rounded) };
  };
  return { name, framesPerSecond: framesPerSecond('ours'), bare: against('bare'), piped: against('piped') };
}

const { folder, remove } = await temporaryFolder();
try {
  const source = await makeVideo(folder);
  const results = [];
  for (const each of CASES) results.push(await measure(source, each));
  const { ffmpeg } = await mediaTools();
  await publishResult('decode', { ffmpeg: ffmpeg.version, frames: source.index.timesSec.length, results }, values.save);
} finally {
  await remove();
}
