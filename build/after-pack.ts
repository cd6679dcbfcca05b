import { chmodSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { AfterPackContext } from 'electron-builder';

/**
 * Lets everybody run ffmpeg and ffprobe: the npm package of ffprobe lets only its owner, and an installed program belongs
 * to the administrator.
 */
export function afterPack({ packager, appOutDir }: Pick<AfterPackContext, 'packager' | 'appOutDir'>): void {
  const resources = packager.getResourcesDir(appOutDir);
  for (const installer of ['@ffmpeg-installer', '@ffprobe-installer']) {
    const folder = path.join(resources, 'app.asar.unpacked', 'node_modules', installer);
    for (const name of readdirSync(folder, { recursive: true }) as string[])
      if (/[\\/]ff(mpeg|probe)$/.test(name)) chmodSync(path.join(folder, name), 0o755);
  }
}
