/** The suite on the engines of the processor; what runs where is listed in docs/engine-conformance.md. */
import { getKernel, getKernelsForBackend, profile } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coverageDocument } from './coverage.ts';
import { exclusionOf, GPU_ENGINES, PROCESSOR_ENGINES } from './engine-under-test.ts';
import { suiteFor, verdict } from './suite.ts';
import { installedTfjsCases } from './tfjs-files.ts';

const tfjsCases = installedTfjsCases();

describe.each(PROCESSOR_ENGINES.map((engine) => [engine.name, engine] as const))('%s', (_, engine) => {
  let opened: Awaited<ReturnType<typeof engine.open>>;
  const reached = new Set<string>();
  const suite = suiteFor(engine, tfjsCases, 'whole');
  beforeAll(async () => {
    opened = await engine.open();
  });
  afterAll(() => opened.close());

  test.each(suite)('$name', async ({ name, failures }) => {
    let found: string[] = [];
    const { kernelNames } = await profile(async () => {
      found = await failures(opened);
      return [];
    });
    for (const kernel of kernelNames) reached.add(kernel);
    expect(verdict(found, exclusionOf(engine, name))).toEqual([]);
  });

  test('every kernel that the engine replaces is reached by a case', () => {
    const replaced = getKernelsForBackend(opened.backend)
      .filter(({ kernelName, kernelFunc }) => kernelFunc !== getKernel(kernelName, 'cpu')?.kernelFunc)
      .map(({ kernelName }) => kernelName);
    expect(replaced.filter((kernel) => !reached.has(kernel))).toEqual([]);
  });

  test('every exclusion is of a case that there is', () => {
    const names = new Set(suite.map(({ name }) => name));
    expect(engine.exclusions.flatMap(({ cases }) => cases).filter((name) => !names.has(name))).toEqual([]);
  });
});

test('names of cases are unique', () => {
  const names = suiteFor({ mostMultiplyAdds: Infinity }, tfjsCases, 'whole').map(({ name }) => name);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

test('an excluded case that passes again is a failure, and so is any other that fails', () => {
  expect(verdict([], 'slow')).toEqual(['passes, though excluded ("slow"): take it off the list']);
  expect(verdict(['wrong'], 'slow')).toEqual([]);
  expect(verdict(['wrong'], undefined)).toEqual(['wrong']);
});

test('the table of what runs where is up to date', async () => {
  const document = coverageDocument([...PROCESSOR_ENGINES, ...GPU_ENGINES], tfjsCases);
  await expect(document).toMatchFileSnapshot('../../../docs/engine-conformance.md');
});
