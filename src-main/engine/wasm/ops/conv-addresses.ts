/** Addresses of the tensors of a convolution; `bias` 0 for none. */
export type Convolution = { x: number; filter: number; y: number; bias: number; relu: boolean };

/** Addresses of the tensors of a filter gradient; `filter` is the gradient. */
export type FilterGradient = { x: number; dy: number; filter: number };
