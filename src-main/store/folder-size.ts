import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** All files of a folder and below; nothing where it is not there. */
export async function folderSize(folder: string): Promise<{ files: number; bytes: number }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(({ parentPath, name }) => sizeOfFile(path.join(parentPath, name))));
  return { files: files.length, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
}

/** A file that goes while we look has no size. */
async function sizeOfFile(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Removes all that is in a folder; the folder itself stays. */
export async function emptyFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => []))
    await rm(path.join(folder, name), { recursive: true, force: true });
}
