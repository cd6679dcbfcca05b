import { existsSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { proxyPath } from '../../compute/labels/proxies.ts';
import { newcomersDir } from '../../compute/library/cache-folder.ts';
import { packPathOf } from '../../compute/prepare-video.ts';
import { AppError } from '../../contract/errors.ts';
import type { hostRoom } from '../../contract/project-host.ts';
import type { Handlers } from '../../contract/rpc.ts';
import { openCropPack } from '../../store/crop-pack-reader.ts';
import { openProject } from '../../store/project.ts';
import type { Project } from '../../store/project.ts';

/** Which project the process works on; handlers of the window's rooms see it as their context. */
export class ProjectHolder {
  #project: Project | null = null;

  /** @throws AppError `not-found` while none is open */
  get project(): Project {
    if (this.#project === null) throw new AppError('not-found', 'No project is open.', { hint: 'Open one first.' });
    return this.#project;
  }

  open(dir: string, create: boolean): Project {
    const opened = openProject(dir, { create });
    this.close();
    this.#project = opened;
    return opened;
  }

  close(): void {
    this.#project?.close();
    this.#project = null;
  }
}

export const hostHandlers: Handlers<typeof hostRoom, ProjectHolder> = {
  ping: () => null,
  open: (holder, { dir, create }) => {
    const project = holder.open(dir, create);
    const name = path.basename(project.dir);
    leaveProjectFile(path.join(project.dir, `${name}.apexscope`));
    return { dir: project.dir, name, openedAt: new Date().toISOString() };
  },
  close: (holder) => {
    holder.close();
    return null;
  },
  mediaFile: ({ project }, { id }) => {
    const { kind } = project.video(id);
    const proxy = statSync(proxyPath(project, id), { throwIfNoEntry: false });
    if (proxy?.isFile()) return { path: proxyPath(project, id), sizeBytes: proxy.size };
    if (kind !== 'file') throw new AppError('unsupported-file', `The video ${id} is a folder of frames, not one file.`);
    const place = project.mediaPath(id);
    const found = statSync(place, { throwIfNoEntry: false });
    if (!found?.isFile()) throw new AppError('not-found', `The file of the video ${id} has gone or moved: ${place}.`);
    return { path: place, sizeBytes: found.size };
  },
  face: async ({ project }, { id, frame }) => faceJpeg(packOf(project, id), frame),
};

/** What a user double-clicks: installers tie files of this kind to the program, which opens the folder they lie in. */
function leaveProjectFile(file: string): void {
  if (!existsSync(file)) writeFileSync(file, 'Open this file with Apexscope to open the project in its folder.\n');
}

/** The crop pack of a video, of the project or predicted from outside of it. */
function packOf(project: Project, id: string): string {
  const newcomer = packPathOf(newcomersDir(project), id);
  return existsSync(newcomer) ? newcomer : packPathOf(project.cropsDir, project.video(id).id);
}

const JPEG_QUALITY = 85;

/** @throws AppError `not-found` without a crop pack, `no-face` where no frame shows a face */
async function faceJpeg(packPath: string, frame: number): Promise<Uint8Array> {
  const { index, pack } = await openCropPack(packPath);
  const shown = index.frames.filter(({ origin }) => origin !== 'absent');
  if (shown.length === 0) throw new AppError('no-face', 'No frame of this video shows a face.');
  const nearest = shown.reduce((best, one) =>
    Math.abs(one.frame - frame) < Math.abs(best.frame - frame) ? one : best,
  );
  const pixels = await pack.readCrops([nearest.frame]);
  const raw = { width: pack.size, height: pack.size, channels: 3 as const };
  return new Uint8Array(await sharp(pixels, { raw }).jpeg({ quality: JPEG_QUALITY }).toBuffer());
}
