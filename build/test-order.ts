import path from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Tests that start processes of their own take longest, whatever the size of their file. */
const LONGEST = ['test/e2e/', 'test/engine/'];

/** Begins with the longest files, so that no worker is left with one of them when the others have nothing more to do. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const bySize = await super.sort(files);
    return bySize.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

function placeOf({ project, moduleId }: TestSpecification): number {
  const file = path.relative(project.vitest.config.root, moduleId).replaceAll(path.sep, '/');
  return LONGEST.some((folder) => file.startsWith(folder)) ? 0 : 1;
}
