import { AppError } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import type { MediaInfo } from '../contract/records.ts';
import { fileUrl, INPUT_GUARD, runFfprobe } from './ffmpeg-process.ts';

/** A video of which less than this share can be decoded is refused; a little less than claimed is common. */
const USABLE_SHARE = 0.9;
const TOLERATED_SEC = 0.1;

type Decoded = {
  path: string;
  /** By the container, and by decoding it. */
  claimed: MediaInfo;
  measured: MediaInfo;
  /** Whether the decoder complained. */
  damaged: boolean;
};

/**
 * Refuses files that were cut off or lost many frames. They often decode up to the cut without a complaint. A picture
 * that ends early proves nothing (the sound may go on, a last frame may stand long), so in doubt the packets decide.
 * @throws AppError `decode-failed`
 */
export async function requireCompleteness(decoded: Decoded, job: JobContext): Promise<void> {
  const { path, claimed, measured, damaged } = decoded;
  if (!damaged && !endsEarly(measured.durationSec, claimed)) return;
  const stored = await readPackets(path, claimed, job);
  const promised = claimed.durationSec.toFixed(2);
  if (endsEarly(stored.endSec, claimed)) {
    const usable = measured.durationSec.toFixed(2);
    throw refusal(`${path} is cut off: it promises ${promised} s, but only ${usable} s can be decoded.`);
  }
  if (measured.frameCount < USABLE_SHARE * stored.pictures) {
    const { frameCount } = measured;
    throw refusal(`${path} is damaged: only ${frameCount} of its ${stored.pictures} frames can be decoded.`);
  }
}

function refusal(message: string): AppError {
  return new AppError('decode-failed', message, { hint: 'Copy or convert it again from its source.' });
}

function endsEarly(sec: number, { durationSec, averageFps }: MediaInfo): boolean {
  return sec < USABLE_SHARE * durationSec && durationSec - sec > 1 / averageFps + TOLERATED_SEC;
}

type Packets = {
  /** Where the last of any stream ends, seconds on a player's clock. */
  endSec: number;
  /** How many of the picture are not hidden by an edit list. */
  pictures: number;
};

async function readPackets(path: string, { startSec }: MediaInfo, job: JobContext): Promise<Packets> {
  const fields = 'packet=codec_type,stream_index,pts_time,dts_time,duration_time,flags';
  const args = ['-v', 'quiet', '-show_entries', fields, '-of', 'csv=print_section=0', ...INPUT_GUARD];
  const printed = await runFfprobe([...args, fileUrl(path)], job);
  const picturesOf = new Map<string, number>();
  let endSec = 0;
  for (const line of printed.split('\n')) {
    const [type, stream = '', pts, dts, duration, flags] = line.split(',');
    if (type === 'video' && !flags?.includes('D')) picturesOf.set(stream, (picturesOf.get(stream) ?? 0) + 1);
    const end = firstNumber(pts, dts) + firstNumber(duration) - startSec;
    endSec = Math.max(endSec, end);
  }
  return { endSec, pictures: Math.max(0, ...picturesOf.values()) };
}

/** The first that is a number; ffprobe writes N/A for what is missing. */
function firstNumber(...texts: (string | undefined)[]): number {
  return texts.map((text) => Number.parseFloat(text ?? '')).find(Number.isFinite) ?? 0;
}
