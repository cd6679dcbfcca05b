/** A copy of a video with the weight of its moments under the picture, for slides and for people without the program. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../contract/errors.ts';
import { ExpressionPalette } from '../../contract/expression-palette.ts';
import type { JobContext } from '../../contract/progress.ts';
import type { Box, MediaInfo } from '../../contract/records.ts';
import { decodeFrames } from '../../media/decode.ts';
import { encodeVideo } from '../../media/encode.ts';
import { readCropPackIndex, readPeople } from '../../store/crop-pack-reader.ts';
import type { Project, ProjectVideo } from '../../store/project.ts';
import { openRunFolder } from '../../store/run-folder.ts';
import { uniqueNames } from '../labels/export-labels.ts';
import { packPathOf } from '../prepare-video.ts';
import { videosOfSplit } from './evaluated-split.ts';
import { facesNear, hideFaces } from './hide-faces.ts';
import { BAND_HEIGHT, overlayBand } from './overlay-band.ts';

export type OverlayRequest = { run: string; split: 'val' | 'test'; videoId: string; hideFaces: boolean };

const [NARROWEST, WIDEST] = [480, 1280];
const PLAYHEAD = [255, 90, 80];

/**
 * Writes the video into `exports/overlay/` of the run, at a constant rate.
 * @throws AppError `not-found` where the run has no prediction of the video, `decode-failed`, `aborted`
 */
export async function overlayVideo(
  project: Project,
  request: OverlayRequest,
  job: JobContext = {},
): Promise<{ path: string }> {
  const { dir, manifest } = await openRunFolder(project.runsDir, request.run);
  const found = (await videosOfSplit(project, request)).find(({ video }) => video.id === request.videoId);
  if (found === undefined)
    throw new AppError('not-found', `The run ${request.run} has no prediction of the video ${request.videoId}.`, {
      hint: 'Evaluate the run on the split of the video.',
    });
  const { video, prediction } = found;
  const size = sizeOf(video.media);
  const palette = new ExpressionPalette(manifest.classes);
  const band = await overlayBand({ prediction, truth: video.label, moment: video.moment, palette }, size.width);
  const facesAt = request.hideFaces ? await facesOf(project, video, size) : null;
  const folder = path.join(dir, 'exports', 'overlay');
  await mkdir(folder, { recursive: true });
  const file = path.join(
    folder,
    `${uniqueNames([video])[0]}-${video.id.slice(0, 6)}${facesAt === null ? '' : '-faces-hidden'}.mp4`,
  );
  const source = {
    path: project.mediaPath(video.id),
    kind: video.kind,
    media: video.media,
    index: project.frameIndex(video.id),
  };
  const pictures = decodeFrames(source, { ...size, ...(job.signal && { signal: job.signal }) });
  const fps = Math.min(60, Math.max(1, Math.round(video.media.averageFps)));
  const drawn = async function* () {
    let written = 0;
    for await (const { frame, timeSec, rgb } of pictures) {
      if (facesAt !== null) hideFaces(rgb, size, facesAt(frame));
      const picture = withBand(rgb, band, { ...size, place: timeSec / Math.max(video.media.durationSec, 0.001) });
      const until = source.index.timesSec[frame + 1] ?? video.media.durationSec;
      for (; written === 0 || written / fps < until - 1e-6; written++) yield picture;
      job.onProgress?.({ stage: 'overlay', done: frame + 1, total: video.media.frameCount, detail: video.path });
    }
  };
  await encodeVideo(file, { width: size.width, height: size.height + BAND_HEIGHT, fps, codec: 'h264' }, drawn(), job);
  return { path: file };
}

/** As shown, neither too small for the text nor too large to send; even, as h264 wants it. */
function sizeOf({ width, height }: MediaInfo): { width: number; height: number } {
  const factor = Math.min(WIDEST, Math.max(NARROWEST, width)) / width;
  const even = (side: number) => 2 * Math.max(1, Math.round((side * factor) / 2));
  return { width: even(width), height: even(height) };
}

/** Boxes of all faces that are near a frame in time, in pixels of the decoded picture; a face crop is all face. */
async function facesOf(
  project: Project,
  { id, faces, media }: ProjectVideo,
  size: { width: number; height: number },
): Promise<(frame: number) => Box[]> {
  if (faces === 'cropped') return () => [{ x: 0, y: 0, ...size }];
  const scale = size.width / media.width;
  const pack = packPathOf(project.cropsDir, id);
  const sights = (await readPeople(pack)).flatMap(({ track }) => [...track]);
  const bridged = (await readCropPackIndex(pack)).frames.filter(({ origin }) => origin === 'interpolated');
  const seen = [...sights, ...bridged].flatMap(({ frame, box }) =>
    box === null ? [] : [{ frame, box: scaled(box, scale) }],
  );
  return facesNear(seen, project.frameIndex(id).timesSec);
}

function scaled({ x, y, width, height }: Box, scale: number): Box {
  return { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
}

/** A picture [h,w,c] over the band, with the playhead at a share of the width. */
function withBand(
  rgb: Uint8Array,
  band: Uint8Array,
  { width, height, place }: { width: number; height: number; place: number },
): Uint8Array {
  const whole = new Uint8Array(3 * width * (height + BAND_HEIGHT));
  whole.set(rgb);
  whole.set(band, 3 * width * height);
  const x = Math.min(width - 2, Math.max(0, Math.round(place * width)));
  for (let y = height + 26; y < height + BAND_HEIGHT; y++)
    for (const column of [x, x + 1]) whole.set(PLAYHEAD, 3 * (y * width + column));
  return whole;
}
