import type { JobContext } from '../contract/progress.ts';
import { decodeFrames } from './decode.ts';
import { frameTiming, INPUT_OPTIONS, outputSize, pictureFilters, VIDEO_STREAM } from './decode-options.ts';
import { fileUrl, startFfmpeg } from './ffmpeg-process.ts';
import { mediaTools } from './binaries.ts';
import type { DecodedFrame, IndexedSource } from './media-source.ts';
import { PictureSink } from './picture-sink.ts';

/** A picture for a person to recognise a video by: u8 [h,w,c] with c = 3. */
export type SeenPicture = Pick<DecodedFrame, 'width' | 'height' | 'rgb'>;

/**
 * One picture near a time, found by seeking, so that long videos cost no more than short ones. It may be off by a frame
 * where an index is not, hence it is only for looking at.
 * @returns null where the video has no picture there
 * @throws AppError `decode-failed`, `aborted`
 */
export async function pictureAt(
  source: IndexedSource,
  { timeSec, maxSide }: { timeSec: number; maxSide: number },
  job: JobContext = {},
): Promise<SeenPicture | null> {
  if (source.kind === 'frames') return frameOfFolder(source, { timeSec, maxSide }, job);
  const { ffmpeg } = await mediaTools();
  const size = outputSize(source.media, { maxSide });
  const sink = new PictureSink(size.width * size.height * 3, false);
  const filters = ['-vf', pictureFilters(source.media, size), '-f', 'rawvideo', '-pix_fmt', 'rgb24'];
  const run = await startFfmpeg(
    {
      subject: source.path,
      failure: 'cannot be decoded',
      inputOptions: ['-ss', timeSec.toFixed(3), ...INPUT_OPTIONS],
      input: fileUrl(source.path),
      outputOptions: [...VIDEO_STREAM, ...frameTiming(ffmpeg), '-frames:v', '1', ...filters],
      output: sink,
      logLevel: 'error',
      stallSec: 20,
    },
    job,
  );
  try {
    for await (const rgb of sink.pictures()) return { ...size, rgb };
    await run.finished;
    return null;
  } finally {
    await run.stop();
  }
}

async function frameOfFolder(
  source: IndexedSource,
  { timeSec, maxSide }: { timeSec: number; maxSide: number },
  { signal }: JobContext,
): Promise<SeenPicture | null> {
  const wanted = source.index.timesSec.findLastIndex((time) => time <= timeSec);
  for await (const picture of decodeFrames(source, { maxSide, ...(signal && { signal }) }))
    if (picture.frame >= wanted) return picture;
  return null;
}
