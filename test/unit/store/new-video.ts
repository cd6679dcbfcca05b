import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Project } from '../../../src-main/store/project.ts';

/** Adds a video of half a second at 25 frames a second, without a file. @returns its id */
export function addVideo(project: Project, name: string, label: string | null, known: { codec?: string } = {}): string {
  const contentHash = createHash('sha256').update(name).digest('hex');
  const timesSec = Float64Array.from({ length: 13 }, (_, i) => i / 25);
  project.addVideos([
    {
      absolutePath: path.join(project.dir, '..', 'videos', name),
      kind: 'file',
      label,
      subject: 'p1',
      performance: null,
      declaredSplit: null,
      moment: null,
      attributes: {},
      sizeBytes: name.length,
      contentHash,
      media: {
        ...{ kind: 'file', codec: known.codec ?? 'h264', width: 64, height: 48, rotation: 0, durationSec: 0.52 },
        ...{ frameCount: 13, averageFps: 25, variableFrameRate: false, startSec: 0 },
      },
      timesSec,
      faces: 'auto',
    },
  ]);
  return contentHash.slice(0, 16);
}
