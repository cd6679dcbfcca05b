import type { ComputeProgram } from '../compute-program.ts';
import { eachItem } from './each-item.ts';

const LABELLED = ['logits', { name: 'labels', element: 'i32' }] as const;

/** The row's largest logit `top` and the sum `total` of exp(logit - top). */
const LOG_SUM = `  let first = i * uniforms.k;
  var top = logits[first];
  for (var c = 1u; c < uniforms.k; c++) { top = max(top, logits[first + c]); }
  var total = 0.0;
  for (var c = 0u; c < uniforms.k; c++) { total += exp(logits[first + c] - top); }`;

/** A row each. Buffers logits [n,k], labels [n], losses [n]. */
export function crossEntropy(): ComputeProgram {
  return eachItem({
    label: 'cross-entropy',
    reads: LABELLED,
    results: ['losses'],
    uniforms: { k: 'u32' },
    statements: `${LOG_SUM}
  losses[i] = log(total) + top - logits[first + u32(labels[i])];`,
  });
}

/** A row each. Buffers logits [n,k], labels [n], dy [n], dlogits [n,k]. */
export function crossEntropyGradient(): ComputeProgram {
  return eachItem({
    label: 'cross-entropy gradient',
    reads: [...LABELLED, 'dy'],
    results: ['dlogits'],
    uniforms: { k: 'u32' },
    statements: `${LOG_SUM}
  for (var c = 0u; c < uniforms.k; c++) {
    let isLabel = select(0.0, 1.0, c == u32(labels[i]));
    dlogits[first + c] = dy[i] * (exp(logits[first + c] - top) / total - isLabel);
  }`,
  });
}
