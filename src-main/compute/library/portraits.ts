import sharp from 'sharp';
import type { Portrait } from '../../contract/window/library.ts';
import type { Box } from '../../contract/records.ts';
import type { Sight } from '../../face/face-track.ts';
import { pictureAt } from '../../media/picture-at.ts';
import type { SeenPicture } from '../../media/picture-at.ts';
import { readPeople } from '../../store/crop-pack-reader.ts';
import type { Project } from '../../store/project.ts';
import { packPathOf } from '../prepare-video.ts';

const SIDE = 160;
/** Longest side of the picture that a portrait is cut from. */
const PICTURE_SIDE = 960;
/** Portraits show this much more than the face, so that a person can be told from another. */
const MARGIN = 0.45;

/**
 * Each person of a prepared video where their face was seen best.
 * @throws AppError `not-found` where the video is not prepared, `decode-failed`, `aborted`
 */
export async function portraitsOf(project: Project, id: string, signal?: AbortSignal): Promise<Portrait[]> {
  const { kind, media } = project.video(id);
  const index = project.frameIndex(id);
  const people = await readPeople(packPathOf(project.cropsDir, id));
  const source = { path: project.mediaPath(id), kind, media, index };
  const portraits: Portrait[] = [];
  for (const { id: person, track } of people) {
    const best = bestSight([...track]);
    const timeSec = index.timesSec[best.frame] ?? 0;
    const picture = await pictureAt(source, { timeSec, maxSide: PICTURE_SIDE }, signal ? { signal } : {});
    if (picture === null) continue;
    const jpeg = await cutOut(picture, best.box, media.width);
    portraits.push({ person, share: track.count / index.timesSec.length, jpeg });
  }
  return portraits;
}

function bestSight(sights: readonly Sight[]): Sight {
  const clarity = ({ confidence, box }: Sight) => confidence * Math.sqrt(box.width * box.height);
  return sights.reduce((best, sight) => (clarity(sight) > clarity(best) ? sight : best));
}

/** @param fullWidth - of the video, in whose pixels the box is */
async function cutOut({ width, height, rgb }: SeenPicture, box: Box, fullWidth: number): Promise<Uint8Array> {
  const scale = width / fullWidth;
  const side = Math.min(
    width,
    height,
    Math.max(8, Math.round((1 + 2 * MARGIN) * scale * Math.max(box.width, box.height))),
  );
  const start = (middle: number, room: number) => Math.round(Math.min(room - side, Math.max(0, middle - side / 2)));
  const left = start(scale * (box.x + box.width / 2), width);
  const top = start(scale * (box.y + box.height / 2), height);
  const jpeg = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .extract({ left, top, width: side, height: side })
    .resize(SIDE, SIDE)
    .jpeg({ quality: 85 })
    .toBuffer();
  return new Uint8Array(jpeg);
}
