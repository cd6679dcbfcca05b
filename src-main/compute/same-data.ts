import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../contract/errors.ts';
import type { RunManifest } from '../contract/records.ts';
import { openRunFolder, runExists } from '../store/run-folder.ts';

/**
 * A run goes on with the data that it began with. Divided anew, the data would let people that it was trained on select or
 * judge it.
 * @param now - what the manifest of the run would be if it began now
 * @throws AppError `bad-input` where a run of this name began with other videos, labels, rejected guesses or sets
 */
export async function refuseOtherData(dir: string, now: RunManifest): Promise<void> {
  const { name } = now;
  if (!runExists(dir, name)) return;
  const folder = await openRunFolder(dir, name);
  await folder.close();
  const began = folder.manifest;
  const keys = ['classes', 'dataFingerprint', 'splits', 'supervision', 'rejectedGuesses'] as const;
  if (keys.every((key) => isDeepStrictEqual(began[key], now[key]))) return;
  const sets = `${sizesOf(began)} then, ${sizesOf(now)} now (to train, validate and test)`;
  throw new AppError('bad-input', `The data changed since ${name} began: ${sets}.`, {
    hint: 'Take back what was imported, removed, labelled or rejected since, or start anew under another name with --run.',
  });
}

function sizesOf({ splits: { train, val, test } }: RunManifest): string {
  return `${train.length} + ${val.length} + ${test.length} videos`;
}
