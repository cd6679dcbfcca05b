/**
 * Peak resident memory of this process and of its ffmpeg while a 1-minute and a 60-minute video are indexed and decoded,
 * each in a fresh process. The longer one may need at most 150 MB more. Linux only.
 *
 *   node bench/decode-memory.ts [--minutes 60] [--save]
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { decodeFrames } from '../src-main/media/decode.ts';
import { examineVideo } from '../src-main/media/examine.ts';
import { runningFfmpegPids } from '../src-main/media/ffmpeg-process.ts';
import { runFfmpeg, temporaryFolder } from '../test/support/media-fixtures.ts';
import { publishResult } from './save-result.ts';

const SAMPLE_EVERY_MS = 50;
const MIB = 2 ** 20;

type Peaks = { frames: number; seconds: number; nodeMiB: number; ffmpegMiB: number };

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    save: { type: 'boolean', default: false },
    measure: { type: 'string' },
  },
});

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

async function peaksOf(file: string): Promise<Peaks> {
  const peak = { node: 0, ffmpeg: 0 };
  const sample = async () => {
    peak.node = Math.max(peak.node, process.memoryUsage.rss());
    for (const pid of runningFfmpegPids()) peak.ffmpeg = Math.max(peak.ffmpeg, await residentBytes(pid));
  };
  const timer = setInterval(() => void sample(), SAMPLE_EVERY_MS);
  const from = performance.now();
  const source = { path: file, kind: 'file' as const };
  let frames = 0;
  for await (const { frame } of decodeFrames({ ...source, ...(await examineVideo(source)) })) frames = frame + 1;
  clearInterval(timer);
  const seconds = Math.round((performance.now() - from) / 1000);
  return { frames, seconds, nodeMiB: Math.round(peak.node / MIB), ffmpegMiB: Math.round(peak.ffmpeg / MIB) };
}

async function measured(folder: string, minutes: number): Promise<Peaks> {
  const file = path.join(folder, `${minutes}-minutes.mp4`);
  const pictures = `testsrc2=s=320x240:r=25:d=${minutes * 60}`;
  const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
  await runFfmpeg(['-f', 'lavfi', '-i', pictures, ...codec, '-y', file]);
  const script = fileURLToPath(import.meta.url);
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--measure', file]);
  return JSON.parse(stdout) as Peaks;
}

async function compare(): Promise<void> {
  const { folder, remove } = await temporaryFolder();
  try {
    const short = await measured(folder, 1);
    const long = await measured(folder, Number(values.minutes));
    const moreMiB = long.nodeMiB + long.ffmpegMiB - short.nodeMiB - short.ffmpegMiB;
    const figures = { minutes: Number(values.minutes), short, long, moreMiB, allowedMiB: 150, passed: moreMiB <= 150 };
    await publishResult('decode-memory', figures, values.save);
  } finally {
    await remove();
  }
}

if (values.measure === undefined) await compare();
else process.stdout.write(JSON.stringify(await peaksOf(values.measure)));
