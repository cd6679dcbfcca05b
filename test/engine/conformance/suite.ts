/** The whole list on one engine: our cases and those of TensorFlow.js. */
import { setBackend } from '@tensorflow/tfjs-core';
import { allCases } from './cases/all-cases.ts';
import { nameOf, type ConformanceCase } from './conformance-case.ts';
import type { EngineUnderTest } from './engine-under-test.ts';
import { runCase, type OpenedForTest } from './run-case.ts';
import type { TfjsCase } from './tfjs-cases.ts';

/** A case by name; `failures` says in words what is wrong on an open engine. */
export type SuiteItem = { name: string; failures: (engine: OpenedForTest) => Promise<string[]> };

type Limits = Pick<EngineUnderTest, 'mostMultiplyAdds' | 'onlyOps' | 'sample'>;

/**
 * What runs on an engine: its ops, but for the cases that are too large for it.
 * @param share - 'sample' for what the engine takes in a plain run
 */
export function suiteFor(engine: Limits, tfjsCases: readonly TfjsCase[], share: 'whole' | 'sample'): SuiteItem[] {
  const whole = allCases.filter((one) => hasOp(engine, one.op) && !isTooLarge(one, engine));
  const ours = share === 'whole' ? whole : sampleOf(whole, engine);
  const theirs = engine.onlyOps === undefined ? tfjsCases : [];
  return [
    ...ours.map((testCase) => ({
      name: nameOf(testCase),
      failures: (opened: OpenedForTest) => runCase(testCase, opened),
    })),
    ...theirs.map(({ name, run }) => ({
      name: `TensorFlow.js: ${name}`,
      failures: (opened: OpenedForTest) => runTfjsCase(run, opened),
    })),
  ];
}

function sampleOf(cases: readonly ConformanceCase[], { sample }: Limits): ConformanceCase[] {
  if (sample === undefined) return [...cases];
  const { op, every, from } = sample;
  const numbers = new Map(cases.filter((one) => one.op === op).map((one, i) => [one, i]));
  return cases.filter((one) => (numbers.get(one) ?? from) % every === from);
}

export function hasOp({ onlyOps }: Pick<Limits, 'onlyOps'>, op: string): boolean {
  return onlyOps === undefined || onlyOps.includes(op);
}

export function isTooLarge(
  { multiplyAdds = 0 }: Pick<ConformanceCase, 'multiplyAdds'>,
  { mostMultiplyAdds }: Pick<Limits, 'mostMultiplyAdds'>,
): boolean {
  return multiplyAdds > mostMultiplyAdds;
}

async function runTfjsCase(run: TfjsCase['run'], { backend }: OpenedForTest): Promise<string[]> {
  await setBackend(backend);
  try {
    await run();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** The verdict on a case: what to report as wrong, with its exclusion, if any, taken into account. */
export function verdict(failures: readonly string[], exclusion: string | undefined): readonly string[] {
  if (exclusion === undefined) return failures;
  return failures.length > 0 ? [] : [`passes, though excluded ("${exclusion}"): take it off the list`];
}
