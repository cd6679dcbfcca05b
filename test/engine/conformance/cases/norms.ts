/** Normalisation by the batch, by given statistics and by the frame. */
import type { Tensor, Tensor1D, Tensor5D } from '@tensorflow/tfjs-core';
import { batchNormInference, batchNormTraining, movingStatistics } from '../../../../models/ops/batch-norm.ts';
import { frameNorm } from '../../../../models/ops/frame-norm.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { momentsByLoops, normaliseByLoops } from '../plain-loops/norms.ts';
import { mapped, normal, type Values } from '../values.ts';

const EPSILON = 1e-3;
/** Differences of nearly equal sums lose a digit. */
const NORM_TOLERANCE = 1e-4;
/** Of two pixels, the normalised values are ±1 whatever these are: another digit of the gradient is lost. */
const TWO_PIXEL_TOLERANCE = 1e-3;
/** A single pixel becomes the offset; its gradient is zero but for rounding. */
const ONE_PIXEL_TOLERANCE = 1e-2;

const affineOf = (scale: Tensor, offset: Tensor) => ({ scale: scale as Tensor1D, offset: offset as Tensor1D });
const flat = ({ values }: Values): Values => ({ shape: [values.length], values });

const inputsOf = (shape: readonly number[]) => {
  const c = [shape[4]!];
  return [normal(shape, 1), normal(c, 2), normal(c, 3)];
};

type Setting = { shape: readonly number[]; relu: boolean };

function batchCase({ shape, relu }: Setting): ConformanceCase {
  const options = { epsilon: EPSILON, relu };
  return {
    op: 'batch norm',
    what: `statistics of [${shape.join()}]${relu ? ', ReLU' : ''}`,
    inputs: inputsOf(shape),
    compute: (x, scale, offset) => {
      const { y, mean, variance } = batchNormTraining(x as Tensor5D, affineOf(scale!, offset!), options);
      return [y, mean, variance];
    },
    reference: (x, scale, offset) => {
      const moments = momentsByLoops(x!, 1, shape[4]!);
      const y = normaliseByLoops(x!, { scale: scale!, offset: offset! }, moments, options);
      return [y, flat(moments.mean), flat(moments.variance)];
    },
    gradientsOf: [0, 1, 2],
    tolerance: NORM_TOLERANCE,
  };
}

function runningCase(channels: number): ConformanceCase {
  const [momentum, count] = [0.1, 12];
  const positive = (seed: number) => asFloats(mapped(normal([channels], seed), (value) => value * value));
  return {
    op: 'batch norm',
    what: `running statistics of ${channels} channels`,
    inputs: [normal([channels], 1), positive(2), normal([channels], 3), positive(4)],
    compute: (...tensors) => {
      const [mean, variance, batchMean, batchVariance] = tensors as [Tensor1D, Tensor1D, Tensor1D, Tensor1D];
      const batch = { mean: batchMean, variance: batchVariance };
      const moved = movingStatistics({ mean, variance }, batch, { momentum, count });
      return [moved.mean, moved.variance];
    },
    reference: (mean, variance, batchMean, batchVariance) => {
      const moved = (old: Values, now: Values, factor: number): Values =>
        mapped(old, (value, i) => 0.9 * value + momentum * factor * now.values[i]!);
      return [moved(mean!, batchMean!, 1), moved(variance!, batchVariance!, count / (count - 1))];
    },
    gradientsOf: [],
  };
}

/** No scale and offset; values far from zero keep their digits. */
function farBatchCase(distance: number): ConformanceCase {
  const shape = [2, 4, 8, 8, 8];
  const options = { epsilon: 1e-5, relu: false };
  return {
    op: 'batch norm',
    what: `no affine, values near ${distance}`,
    inputs: [mapped(normal(shape, 1), (value) => value + distance)].map(asFloats),
    compute: (x) => {
      const { y, variance } = batchNormTraining(x as Tensor5D, null, options);
      return [y, variance];
    },
    reference: (x) => {
      const moments = momentsByLoops(x!, 1, 8);
      const one = { shape: [8], values: new Float64Array(8).fill(1) };
      const y = normaliseByLoops(x!, { scale: one, offset: { ...one, values: new Float64Array(8) } }, moments, options);
      return [y, flat(moments.variance)];
    },
    gradientsOf: [],
    tolerance: 1e-3,
  };
}

/** As the engine will see them. */
function asFloats({ shape, values }: Values): Values {
  return { shape, values: Float32Array.from(values) };
}

function givenStatisticsCase({ shape, relu }: Setting): ConformanceCase {
  const options = { epsilon: EPSILON, relu };
  const c = [shape[4]!];
  const variance = asFloats(mapped(normal(c, 5), (value) => value ** 2 + 0.1));
  return {
    op: 'batch norm',
    what: `given statistics, [${shape.join()}]${relu ? ', ReLU' : ''}`,
    inputs: [...inputsOf(shape), normal(c, 4), variance],
    compute: (x, scale, offset, ...[mean, spread]) => [
      batchNormInference(
        x as Tensor5D,
        affineOf(scale!, offset!),
        { mean: mean as Tensor1D, variance: spread as Tensor1D },
        options,
      ),
    ],
    reference: (x, scale, offset, ...[mean, spread]) => [
      normaliseByLoops(x!, { scale: scale!, offset: offset! }, { mean: mean!, variance: spread! }, options),
    ],
    gradientsOf: [0, 1, 2],
    tolerance: NORM_TOLERANCE,
  };
}

type FrameSetting = Setting & { tolerance?: number; title?: string; x?: Values };

function frameCase({ shape, relu, ...rest }: FrameSetting): ConformanceCase {
  const { tolerance = NORM_TOLERANCE, title = '', x = normal(shape, 1) } = rest;
  const [n, t, , , c] = shape as [number, number, number, number, number];
  const options = { epsilon: EPSILON, relu };
  return {
    op: 'frame norm',
    what: `${title}[${shape.join()}]${relu ? ', ReLU' : ''}`,
    inputs: [x, ...inputsOf(shape).slice(1)],
    compute: (x, scale, offset) => [frameNorm(x as Tensor5D, affineOf(scale!, offset!), options)],
    reference: (x, scale, offset) => [
      normaliseByLoops(x!, { scale: scale!, offset: offset! }, momentsByLoops(x!, n * t, c), options),
    ],
    gradientsOf: [0, 1, 2],
    tolerance,
  };
}

/** Far from zero, and with a first pixel unlike all others. */
function unevenFrames(shape: readonly number[]): Values {
  const c = shape[4]!;
  return asFloats(mapped(normal(shape, 1), (value, i) => (i < c ? 1000 : value * 0.1) + 100));
}

const UNEVEN = [1, 2, 6, 6, 4];
const CHANNELS = [1, 3, 17, 64];

export const normCases: readonly ConformanceCase[] = [
  ...CHANNELS.flatMap((c) => [false, true].map((relu) => batchCase({ shape: [2, 3, 5, 7, c], relu }))),
  batchCase({ shape: [2, 1, 8, 1, 3], relu: false }),
  farBatchCase(1000),
  ...[3, 64].map(runningCase),
  ...CHANNELS.map((c) => givenStatisticsCase({ shape: [2, 3, 4, 5, c], relu: c % 2 === 0 })),
  ...CHANNELS.flatMap((c) => [false, true].map((relu) => frameCase({ shape: [2, 3, 5, 7, c], relu }))),
  ...[16, 30].map((c) => frameCase({ shape: [3, 7, 4, 3, c], relu: true })),
  ...CHANNELS.map((c) => frameCase({ shape: [1, 1, 2, 1, c], relu: true, tolerance: TWO_PIXEL_TOLERANCE })),
  ...[3, 17].map((c) => frameCase({ shape: [2, 3, 1, 1, c], relu: false, tolerance: ONE_PIXEL_TOLERANCE })),
  frameCase({
    ...{ shape: UNEVEN, relu: false, tolerance: 1e-3 },
    title: 'values near 100 and one of 1100, ',
    x: unevenFrames(UNEVEN),
  }),
];
