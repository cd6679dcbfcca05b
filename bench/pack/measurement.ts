import type { Conv3dBenchOptions, Precision, TrainStepBenchOptions } from '../../src-main/contract/bench.ts';

/** One thing to do on the other machine, in a process of its own, so that a crash of a driver costs that alone. */
export type Measurement = { name: string; timeoutSec: number } & (
  | { kind: 'bench'; options: Conv3dBenchOptions | TrainStepBenchOptions }
  /** All cases of test/engine/conformance on the engine of that name, or the first `most`. */
  | { kind: 'conformance'; engine: string; most?: number }
  /** The loss of training steps on noise with fixed labels, which a network can learn by heart. */
  | { kind: 'losses'; model: string; precision: Precision; seed: number; steps: number; set: string[] }
  /** Time on the GPU by program, of a training step. */
  | { kind: 'profile'; model: string; batch: number; precision: Precision; set: string[] }
  /** Times of layers by tile; ends with the first product after so many seconds. */
  | { kind: 'tiles'; layers: string[]; batch: number; precision: Precision; seconds: number }
);

/** Where the program leaves its results; also the form of what bench/report.ts reads. */
export type ConformanceResult = { what: 'conformance'; engine: string; cases: number; failures: string[] };
export type LossesResult = {
  what: 'losses';
  model: string;
  precision: Precision;
  seed: number;
  steps: number;
  /** Mean over each tenth of the steps. */
  losses: number[];
  /** Steps whose loss was no finite number. */
  notFinite: number;
};
