import { tensor, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { adamWUpdate, sgdUpdate } from '../../models/ops/optimiser-update.ts';
import type { Model, NamedTensors } from '../../models/types.ts';
import type { TrainConfig } from '../contract/config.ts';
import { valueOf, type NamedValues } from '../data/stored-variables.ts';

export type OptimiserConfig = Pick<TrainConfig, 'optimizer' | 'momentum' | 'weightDecay' | 'backboneFactor'>;

const ADAMW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** A parameter by its name. */
type Place = { params: NamedTensors; name: string };

/** The running averages that each optimiser keeps of a parameter. */
const SLOTS = { sgd: ['velocity'], adamw: ['first', 'second'] } as const;

/**
 * SGD with momentum, or AdamW (Loshchilov and Hutter 2019). The backbone learns at `backboneFactor` times the rate of
 * the head. Weight decay is for kernels; biases and the scales of normalisation, all of rank 1, have none.
 */
export class Optimiser {
  /** `<slot>.<parameter>`; owned by the optimiser. */
  readonly slots: NamedTensors;
  readonly #config: OptimiserConfig;
  readonly #head: ReadonlySet<string>;
  #steps: number;

  /** @param stored - values of {@link slots} where a run goes on; they start from zero otherwise */
  constructor(
    config: OptimiserConfig,
    { headParams }: Pick<Model, 'headParams'>,
    params: NamedTensors,
    stored?: { slots: NamedValues; steps: number },
  ) {
    this.#config = config;
    this.#head = new Set(headParams);
    this.#steps = stored?.steps ?? 0;
    this.slots = {};
    for (const [name, param] of Object.entries(params)) {
      for (const slot of SLOTS[config.optimizer]) {
        const key = `${slot}.${name}`;
        this.slots[key] = stored === undefined ? zerosLike(param) : storedSlot(stored.slots, key, param);
      }
    }
  }

  /** Of sgd. */
  get momentum(): number {
    return this.#config.momentum;
  }

  /** Optimiser steps taken so far. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * One step: puts new tensors into `params` and disposes of the old ones. Gradients stay with the caller.
   * @param grads - of the names and shapes of some of `params`; the others, and their slots, stay as they are
   * @param gradScale - multiplies the gradients: the inverse of what the loss was multiplied by
   */
  apply(params: NamedTensors, grads: NamedTensors, learningRate: number, gradScale = 1): void {
    this.#steps++;
    for (const name of Object.keys(grads)) {
      const lr = learningRate * (this.#head.has(name) ? 1 : this.#config.backboneFactor);
      if (lr > 0) this.#update({ params, name }, grads[name]!, { lr, gradScale });
    }
  }

  dispose(): void {
    for (const slot of Object.values(this.slots)) slot.dispose();
  }

  #update({ params, name }: Place, grad: Tensor, rate: { lr: number; gradScale: number }): void {
    const param = params[name]!;
    const { optimizer, momentum, weightDecay: decay } = this.#config;
    const shared = { ...rate, weightDecay: param.rank > 1 ? decay : 0 };
    const slot = (key: string) => this.slots[`${key}.${name}`]!;
    if (optimizer === 'sgd') {
      const next = sgdUpdate({ param, velocity: slot('velocity') }, grad, { ...shared, momentum, nesterov: false });
      this.#replace(params, name, next);
    } else {
      const state = { param, first: slot('first'), second: slot('second') };
      this.#replace(params, name, adamWUpdate(state, grad, { ...shared, ...ADAMW, step: this.#steps }));
    }
  }

  #replace(params: NamedTensors, name: string, { param, ...slots }: { param: Tensor } & Record<string, Tensor>): void {
    params[name]!.dispose();
    params[name] = param;
    for (const [slot, value] of Object.entries(slots)) {
      this.slots[`${slot}.${name}`]!.dispose();
      this.slots[`${slot}.${name}`] = value;
    }
  }
}

function storedSlot(slots: NamedValues, key: string, { shape }: Tensor): Tensor {
  const { data } = valueOf(slots, key, { shape, source: 'optimiser state of the checkpoint' });
  return tensor(data, shape);
}
