/**
 * Peak resident memory of a process that prepares a video of a real face: of 1 minute, and of `--minutes`, each in a
 * fresh process. The longer one may need at most 150 MB more. Takes about 5 minutes for an hour of video a free core.
 *
 *   node bench/prepare-memory.ts [--minutes 60] [--save]
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { prepareVideos } from '../src-main/compute/prepare.ts';
import { describeVideo, makeVideo, requestFor } from '../test/unit/compute/prepare-fixtures.ts';
import { CLOSE, FURTHER, panOver, readPhoto } from '../test/unit/face/photo-clip.ts';
import { runFfmpeg, temporaryFolder } from '../test/support/media-fixtures.ts';
import { publishResult } from './save-result.ts';

const SAMPLE_EVERY_MS = 50;
const LIMIT_MB = 150;
const CLIP_SEC = 20;

type Peak = { frames: number; seconds: number; framesPerSecond: number; coverage: number; residentMB: number };

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    save: { type: 'boolean', default: false },
    measure: { type: 'string' },
  },
});

async function peakOf(file: string): Promise<Peak> {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, SAMPLE_EVERY_MS);
  const video = await describeVideo(file, path.parse(file).name);
  const { frames, seconds, meanCoverage } = await prepareVideos(requestFor([video], path.dirname(file)));
  clearInterval(timer);
  return {
    frames,
    seconds: Math.round(seconds),
    framesPerSecond: Math.round(frames / seconds),
    coverage: meanCoverage,
    residentMB: Math.round(peak / 1e6),
  };
}

/** The clip again and again, without encoding it anew. */
async function measured(folder: string, clip: string, minutes: number): Promise<Peak> {
  const file = path.join(folder, `${minutes}-minutes.mp4`);
  const loops = String(Math.round((minutes * 60) / CLIP_SEC) - 1);
  await runFfmpeg(['-stream_loop', loops, '-i', clip, '-c', 'copy', '-y', file]);
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), '--measure', file]);
  return JSON.parse(stdout) as Peak;
}

async function compare(minutes: number): Promise<void> {
  const { folder, remove } = await temporaryFolder();
  try {
    const pictures = panOver(await readPhoto(6), { from: CLOSE, to: FURTHER }, CLIP_SEC * 25, 256);
    const { path: clip } = await makeVideo(folder, 'clip', pictures);
    const short = await measured(folder, clip, 1);
    const long = await measured(folder, clip, minutes);
    const moreMB = long.residentMB - short.residentMB;
    await publishResult(
      'prepare-memory',
      { '1 minute': short, [`${minutes} minutes`]: long, moreMB, limitMB: LIMIT_MB, within: moreMB <= LIMIT_MB },
      values.save,
    );
  } finally {
    await remove();
  }
}

if (values.measure === undefined) await compare(Number(values.minutes));
else process.stdout.write(JSON.stringify(await peakOf(values.measure)));
