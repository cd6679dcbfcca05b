/** Pooling of clip scores over time (models/ops/temporal-softmax-pool.ts and its neighbours). Scores are few and small. */
import type { ComputeProgram } from '../compute-program.ts';
import { eachItem } from './each-item.ts';

const WINDOWS = { t: 'u32', k: 'u32', positions: 'u32', width: 'u32', stride: 'u32' } as const;

/** An element of the result each. Buffers x [n,t,k], y [n,p,k]. */
export function windowMax(): ComputeProgram {
  return eachItem({
    label: 'windowed maximum',
    reads: ['x'],
    results: ['y'],
    uniforms: WINDOWS,
    statements: `  let clip = i / (uniforms.positions * uniforms.k);
  let start = (i / uniforms.k) % uniforms.positions * uniforms.stride;
  let first = (clip * uniforms.t + start) * uniforms.k + i % uniforms.k;
  var best = x[first];
  for (var frame = 1u; frame < uniforms.width; frame++) { best = max(best, x[first + frame * uniforms.k]); }
  y[i] = best;`,
  });
}

/** A frame's logit each, which gets dy of the windows whose first largest it is. Buffers dy [n,p,k], x, dx [n,t,k]. */
export function windowMaxGradient(): ComputeProgram {
  return eachItem({
    label: 'windowed maximum gradient',
    reads: ['dy', 'x'],
    results: ['dx'],
    uniforms: WINDOWS,
    functions: `fn isFirstLargest(start: u32, frame: u32, column: u32) -> bool {
  let here = x[column + frame * uniforms.k];
  for (var other = start; other < start + uniforms.width; other++) {
    let value = x[column + other * uniforms.k];
    if (value > here || (value == here && other < frame)) { return false; }
  }
  return true;
}

`,
    statements: `  let clip = i / (uniforms.t * uniforms.k);
  let frame = (i / uniforms.k) % uniforms.t;
  let column = clip * uniforms.t * uniforms.k + i % uniforms.k;
  var total = 0.0;
  for (var window = 0u; window < uniforms.positions && window * uniforms.stride <= frame; window++) {
    let start = window * uniforms.stride;
    if (frame < start + uniforms.width && isFirstLargest(start, frame, column)) {
      total += dy[(clip * uniforms.positions + window) * uniforms.k + i % uniforms.k];
    }
  }
  dx[i] = total;`,
  });
}

const POSITIONS = { k: 'u32', positions: 'u32' } as const;

/** A score of class i % k at position p of its video, and the weight of the position. */
const PLACES = `fn scoreAt(i: u32, p: u32) -> u32 { return (i / uniforms.k * uniforms.positions + p) * uniforms.k + i % uniforms.k; }
fn weightAt(i: u32, p: u32) -> f32 { return weights[i / uniforms.k * uniforms.positions + p]; }

`;

/** `pooled`: the weighted softmax mean of a video's scores of one class; `total` of the powers and their `top`. */
const SOFTMAX = `  var top = 0.0;
  var isFirst = true;
  for (var p = 0u; p < uniforms.positions; p++) {
    if (weightAt(i, p) > 0.0) {
      let scaled = uniforms.gamma * x[scoreAt(i, p)];
      top = select(max(top, scaled), scaled, isFirst);
      isFirst = false;
    }
  }
  var total = 0.0;
  var sum = 0.0;
  for (var p = 0u; p < uniforms.positions; p++) {
    if (weightAt(i, p) > 0.0) {
      let score = x[scoreAt(i, p)];
      let power = weightAt(i, p) * exp(uniforms.gamma * score - top);
      total += power;
      sum += power * score;
    }
  }
  let pooled = sum / total;`;

/** A class of a video each. Buffers x [n,p,k], weights [n,p], y [n,k]. */
export function softmaxPool(): ComputeProgram {
  return eachItem({
    label: 'temporal softmax pool',
    reads: ['x', 'weights'],
    results: ['y'],
    uniforms: { ...POSITIONS, gamma: 'f32' },
    functions: PLACES,
    statements: `${SOFTMAX}
  y[i] = pooled;`,
  });
}

/** A class of a video each. Buffers dy [n,k], x [n,p,k], weights [n,p], dx [n,p,k]. */
export function softmaxPoolGradient(): ComputeProgram {
  return eachItem({
    label: 'temporal softmax pool gradient',
    reads: ['dy', 'x', 'weights'],
    results: ['dx'],
    uniforms: { ...POSITIONS, gamma: 'f32' },
    functions: PLACES,
    statements: `${SOFTMAX}
  for (var p = 0u; p < uniforms.positions; p++) {
    var slope = 0.0;
    if (weightAt(i, p) > 0.0) {
      let score = x[scoreAt(i, p)];
      let share = weightAt(i, p) * exp(uniforms.gamma * score - top) / total;
      slope = dy[i] * share * (1.0 + uniforms.gamma * (score - pooled));
    }
    dx[scoreAt(i, p)] = slope;
  }`,
  });
}

/** A class of a video each. Buffers x [n,p,k], weights [n,p], y [n,k]. */
export function weightedSum(): ComputeProgram {
  return eachItem({
    label: 'temporal weighted sum',
    reads: ['x', 'weights'],
    results: ['y'],
    uniforms: POSITIONS,
    functions: PLACES,
    statements: `  var total = 0.0;
  for (var p = 0u; p < uniforms.positions; p++) { total += weightAt(i, p) * x[scoreAt(i, p)]; }
  y[i] = total;`,
  });
}

/** A class of a video each. Buffers dy [n,k], weights [n,p], dx [n,p,k]. */
export function weightedSumGradient(): ComputeProgram {
  return eachItem({
    label: 'temporal weighted sum gradient',
    reads: ['dy', 'weights'],
    results: ['dx'],
    uniforms: POSITIONS,
    functions: PLACES,
    statements: `  for (var p = 0u; p < uniforms.positions; p++) { dx[scoreAt(i, p)] = dy[i] * weightAt(i, p); }`,
  });
}
