/**
 * Where pictures come from: a folder with one folder a class (or `train` and `test` of such), the binary files of
 * CIFAR-10 and CIFAR-100, or packs of JPEG pictures. Hidden files and folders are ignored.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { AppError, throwIfAborted } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import { readCifar } from './image-cifar.ts';
import { readImagePack } from './image-pack.ts';
import { joinImageSets, type ImageSet, type LabelledImage } from './image-set.ts';
import { compareText } from './split-groups.ts';

const PICTURE = /^[^.].*\.(png|jpe?g|webp|gif|tiff?)$/i;
/** Pictures that are decoded at the same time. */
const AT_ONCE = 64;
const CIFAR = /^(data_batch_\d+|test_batch|train|test)\.bin$/;
const PACK = /^[^.].*\.jpegs$/;
const TEST = /(^|[_-])test/;
const HINT =
  'Give a folder with one folder of pictures a class, CIFAR-10/100 binary files, or .jpegs packs (train and test).';

/** A picture that is to be decoded: a file's path, or its bytes. */
type Picture = LabelledImage & { source: string | Uint8Array };

/**
 * Reads all pictures of a folder or file.
 * @param size - pixels a side; CIFAR is 32
 * @throws AppError `not-found`, `bad-input`, `corrupt`, `aborted`
 */
export async function readImages(source: string, size: number, job: JobContext = {}): Promise<ImageSet> {
  const stats = await stat(source).catch((cause: unknown) => {
    throw new AppError('not-found', `There are no pictures at '${source}'.`, { cause, hint: 'Check the path.' });
  });
  const set = stats.isDirectory() ? await readFolder(source, size, job) : await readFiles([source], size, job);
  if (set.size === size) return set;
  throw new AppError('bad-config', `${source}: pictures of ${set.size} pixels, the network is set to ${size}.`, {
    hint: `Set cropSize=${set.size}.`,
  });
}

async function readFolder(folder: string, size: number, job: JobContext): Promise<ImageSet> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.map(({ name }) => name).sort(compareText);
  const files = (kind: RegExp) => names.filter((name) => kind.test(name)).map((name) => path.join(folder, name));
  const known = files(CIFAR).length > 0 ? files(CIFAR) : files(PACK);
  return known.length > 0 ? readFiles(known, size, job) : readClassFolders(folder, size, job);
}

async function readFiles(files: readonly string[], size: number, job: JobContext): Promise<ImageSet> {
  const sets: ImageSet[] = [];
  for (const file of files) {
    const name = path.basename(file);
    const bytes = await readFile(file);
    const set = TEST.test(name) ? ('test' as const) : ('train' as const);
    sets.push(PACK.test(name) ? await decodePack(bytes, { name, set, size }, job) : readCifar(bytes, set, name));
  }
  return joinImageSets(files.every((file) => PACK.test(path.basename(file))) ? ofSameClasses(sets) : sets);
}

/** Packs do not say how many classes there are, and one of them may lack the last. */
function ofSameClasses(packs: readonly ImageSet[]): ImageSet[] {
  const { classes } = packs.reduce((one, other) => (other.classes.length > one.classes.length ? other : one));
  return packs.map((pack) => ({ ...pack, classes }));
}

async function decodePack(
  bytes: Uint8Array,
  { name, set, size }: { name: string; set: 'train' | 'test'; size: number },
  job: JobContext,
): Promise<ImageSet> {
  const pictures = readImagePack(bytes, name).map(({ label, jpeg }): Picture => ({ label, set, source: jpeg }));
  const classes = 1 + pictures.reduce((largest, { label }) => Math.max(largest, label), 0);
  const names = Array.from({ length: classes }, (_, k) => String(k));
  return decodeAll(pictures, { classes: names, size }, job);
}

async function readClassFolders(folder: string, size: number, job: JobContext): Promise<ImageSet> {
  const inside = await foldersIn(folder);
  const divided = inside.includes('train');
  const roots = divided
    ? inside.flatMap((set) =>
        set === 'train' || set === 'test' ? [{ set, dir: path.join(folder, set) } as const] : [],
      )
    : [{ set: null, dir: folder }];
  const listed = await Promise.all(roots.map(async (root) => ({ ...root, names: await foldersIn(root.dir) })));
  const classes = [...new Set(listed.flatMap(({ names }) => names))].sort(compareText);
  const pictures: Picture[] = [];
  for (const { set, dir, names } of listed)
    for (const name of names)
      for (const file of (await readdir(path.join(dir, name))).sort(compareText))
        if (PICTURE.test(file))
          pictures.push({ label: classes.indexOf(name), set, source: path.join(dir, name, file) });
  if (classes.length < 2 || pictures.length === 0)
    throw new AppError('bad-input', `${folder}: found ${pictures.length} pictures in ${classes.length} classes.`, {
      hint: HINT,
    });
  return decodeAll(pictures, { classes, size }, job);
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .flatMap((entry) => (entry.isDirectory() && !entry.name.startsWith('.') ? [entry.name] : []))
    .sort(compareText);
}

async function decodeAll(
  pictures: readonly Picture[],
  { classes, size }: Pick<ImageSet, 'classes' | 'size'>,
  { signal, onProgress }: JobContext,
): Promise<ImageSet> {
  const bytes = size * size * 3;
  const pixels = new Uint8Array(pictures.length * bytes);
  for (let from = 0; from < pictures.length; from += AT_ONCE) {
    throwIfAborted(signal);
    const decoded = await Promise.all(pictures.slice(from, from + AT_ONCE).map(({ source }) => decode(source, size)));
    decoded.forEach((picture, i) => pixels.set(picture, (from + i) * bytes));
    onProgress?.({ stage: 'read pictures', done: from + decoded.length, total: pictures.length });
  }
  return { classes, size, images: pictures.map(({ label, set }) => ({ label, set })), pixels };
}

/** RGB of a picture, its middle square brought to `size`. */
async function decode(source: string | Uint8Array, size: number): Promise<Uint8Array> {
  try {
    const picture = sharp(source).removeAlpha().toColourspace('srgb').resize(size, size, { fit: 'cover' });
    return await picture.raw().toBuffer();
  } catch (cause) {
    const name = typeof source === 'string' ? source : 'a picture of the pack';
    throw new AppError('bad-input', `${name} cannot be read as a picture.`, {
      cause,
      hint: 'Take it out and try again.',
    });
  }
}
