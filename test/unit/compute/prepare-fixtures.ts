import path from 'node:path';
import type { FrameIndex } from '../../../src-main/contract/records.ts';
import type { PrepareRequest, VideoToPrepare } from '../../../src-main/compute/prepare.ts';
import type { Picture } from '../../../src-main/face/picture.ts';
import { encodeVideo } from '../../../src-main/media/encode.ts';
import { examineVideo } from '../../../src-main/media/examine.ts';

export type Fixture = VideoToPrepare & { index: FrameIndex };

/** Encodes pictures as `<id>.mp4` at 25 frames a second and describes the file as an import would. */
export async function makeVideo(folder: string, id: string, pictures: readonly Picture[]): Promise<Fixture> {
  const file = path.join(folder, `${id}.mp4`);
  const { width, height } = pictures[0]!;
  await encodeVideo(
    file,
    { width, height, fps: 25, codec: 'h264' },
    pictures.map(({ rgb }) => rgb),
  );
  return describeVideo(file, id);
}

export async function describeVideo(file: string, id: string): Promise<Fixture> {
  const { media, index } = await examineVideo({ path: file, kind: 'file' });
  return {
    ...{ id, path: file, kind: 'file', label: null, subject: null, performance: null, declaredSplit: null },
    ...{ moment: null, attributes: {}, sizeBytes: 1, contentHash: id, media, faces: 'auto', index },
  };
}

export function requestFor(
  videos: readonly Fixture[],
  cropsFolder: string,
  more: Partial<PrepareRequest<Fixture>> = {},
): PrepareRequest<Fixture> {
  return {
    videos,
    cropsFolder,
    resolvePath: (video) => video.path,
    frameIndex: (video) => video.index,
    ...more,
  };
}
