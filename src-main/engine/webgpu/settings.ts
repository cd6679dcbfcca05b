/**
 * How the products of convolutions and dense layers are computed.
 * `intrinsics`: subgroup matrices of the GPU. `polyfill`: the same kernels with matrices in plain WGSL, which proves them
 * on GPUs without the feature and is slow. `tiles`: f32 in registers.
 */
export type MatrixPath = 'intrinsics' | 'polyfill' | 'tiles';

/** `mixed`: products of f16, sums of f32; `float32`: no f16 anywhere. */
export type Precision = 'mixed' | 'float32';

/** What the kernels ask of the backend, fixed while it is open. */
export type WebGpuSettings = {
  /** Largest part of a tensor that a shader sees at once; larger tensors are worked on in parts. */
  maxBindingBytes: number;
  /** Fills new tensors with NaN, so that tests see an element that no kernel wrote. */
  poison: boolean;
};
