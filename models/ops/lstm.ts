import {
  add,
  matMul,
  mul,
  reshape,
  sigmoid,
  slice,
  stack,
  tanh,
  tidy,
  zeros,
  type Rank,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';

/** `input` [d,4u], `recurrent` [u,4u], `bias` [4u]; the four are the input gate, the forget gate, the cell and the output gate. */
export type LstmWeights = { input: Tensor2D; recurrent: Tensor2D; bias: Tensor1D };

/** Added to the forget gate, so that a fresh network remembers (Jozefowicz, Zaremba, Sutskever 2015). */
const FORGET_BIAS = 1;

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000), from a state of zeros:
 * c' = sigmoid(f) c + sigmoid(i) tanh(g), y = sigmoid(o) tanh(c').
 * @param x - [n,p,d], p steps
 * @returns [n,p,u]
 */
export function lstm(x: Tensor3D, { input, recurrent, bias }: LstmWeights): Tensor3D {
  const [n, p, d] = x.shape;
  const [u] = recurrent.shape;
  return tidy(() => {
    const driven = add<Tensor2D>(matMul(reshape(x, [n * p, d]), input), bias);
    const steps = reshape<Rank.R3>(driven, [n, p, 4 * u]);
    const outputs: Tensor2D[] = [];
    let [cell, output]: [Tensor2D, Tensor2D] = [zeros([n, u]), zeros([n, u])];
    for (let step = 0; step < p; step++) {
      const present = reshape<Rank.R2>(slice(steps, [0, step, 0], [n, 1, 4 * u]), [n, 4 * u]);
      [cell, output] = lstmStep(add(present, matMul(output, recurrent)), cell);
      outputs.push(output);
    }
    return stack(outputs, 1) as Tensor3D;
  });
}

/** @param gates - [n,4u] before their nonlinearities */
function lstmStep(gates: Tensor2D, cell: Tensor2D): [Tensor2D, Tensor2D] {
  const [n, u] = cell.shape;
  const gate = (index: number): Tensor2D => slice(gates, [0, index * u], [n, u]);
  const kept = mul(sigmoid(add(gate(1), FORGET_BIAS)), cell);
  const next = add<Tensor2D>(kept, mul(sigmoid(gate(0)), tanh(gate(2))));
  return [next, mul(sigmoid(gate(3)), tanh(next))];
}
