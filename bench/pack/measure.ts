/** Does one measurement in this process. */
import { benchConv3d } from '../../src-main/compute/bench-conv3d.ts';
import { benchTrainStep } from '../../src-main/compute/bench-train-step.ts';
import { trainingWork } from '../../src-main/compute/speed.ts';
import { openEngine } from '../../src-main/engine/select.ts';
import { exclusionOf, GPU_ENGINES, MATRIX_ENGINE } from '../../test/engine/conformance/engine-under-test.ts';
import { suiteFor, verdict } from '../../test/engine/conformance/suite.ts';
import type { TfjsCase } from '../../test/engine/conformance/tfjs-cases.ts';
import { profileStep } from './gpu-profile.ts';
import { tileTimes } from './tile-times.ts';
import type { ConformanceResult, LossesResult, Measurement } from './measurement.ts';

const PARTS = 10;

/** @param tfjsCases - those of TensorFlow.js, which the suite runs beside ours */
export function measure(measurement: Measurement, tfjsCases: readonly TfjsCase[]): Promise<object> {
  switch (measurement.kind) {
    case 'bench':
      return bench(measurement.options);
    case 'conformance':
      return conformance(measurement, tfjsCases);
    case 'losses':
      return losses(measurement);
    case 'profile':
      return profileStep(measurement);
    case 'tiles':
      return tileTimes(measurement);
    default:
      return measurement satisfies never;
  }
}

function bench(options: Extract<Measurement, { kind: 'bench' }>['options']): Promise<object> {
  return options.what === 'conv3d' ? benchConv3d(options, {}) : benchTrainStep(options, {});
}

async function conformance(
  { engine: name, most }: Extract<Measurement, { kind: 'conformance' }>,
  tfjsCases: readonly TfjsCase[],
): Promise<ConformanceResult> {
  const engine = [...GPU_ENGINES, MATRIX_ENGINE].find((one) => one.name === name);
  if (engine === undefined) throw new Error(`There is no engine "${name}" under test.`);
  const opened = await engine.open();
  const limits = most === undefined ? { ...engine, mostMultiplyAdds: Infinity } : engine;
  const cases = suiteFor(limits, tfjsCases, 'whole').slice(0, most);
  const failures: string[] = [];
  for (const one of cases) {
    const wrong = verdict(await one.failures(opened), exclusionOf(engine, one.name));
    failures.push(...wrong.map((text) => `${one.name}: ${text}`));
  }
  await opened.close();
  return { what: 'conformance', engine: name, cases: cases.length, failures };
}

async function losses(task: Extract<Measurement, { kind: 'losses' }>): Promise<LossesResult> {
  const { model, precision, seed, steps, set } = task;
  const engine = await openEngine({ engine: 'webgpu', precision });
  const settings = [...set, `precision=${precision}`, `seed=${seed}`];
  const work = trainingWork({ model, batch: 1, set: settings });
  const seen: number[] = [];
  for (let step = 0; step < steps; step++) seen.push((await work.repeat()).loss);
  work.dispose();
  await engine.close();
  return {
    ...{ what: 'losses', model, precision, seed, steps },
    losses: Array.from({ length: PARTS }, (_, i) => meanOf(seen.slice((i * steps) / PARTS, ((i + 1) * steps) / PARTS))),
    notFinite: seen.filter((loss) => !Number.isFinite(loss)).length,
  };
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
