/** Ways to find an augmentation (algorithms.md 3.6); all train a network and leave a recipe. */
export const AUGMENTATION_METHODS = ['none', 'predefined', 'stn', 'validated-magnitude', 'dan', 'learned'] as const;
export type AugmentationMethod = (typeof AUGMENTATION_METHODS)[number];

/** What the network of `learned`, `stn` and `dan` may change. */
export const AUGMENTER_NETWORKS = ['translation', 'scale', 'rotation', 'affine', 'affine-color'] as const;
export type AugmenterNetwork = (typeof AUGMENTER_NETWORKS)[number];

export type LearnAugmentationOptions = {
  /** Exactly one of the two. */
  project: string | null;
  images: string | null;
  /** Where runs go for `images`. */
  out: string;
  run: string;
  model: string | null;
  method: AugmentationMethod;
  network: AugmenterNetwork;
  /** Step of the augmenter. */
  augmenterRate: number;
  epochs: number | null;
  seed: number;
  /** `key=value` settings of the training, as for `train`. */
  set: string[];
  resume: boolean;
};

export type LearnAugmentationSummary = {
  method: AugmentationMethod;
  model: string;
  /** On test videos; on the validation half that the augmenter never saw where there is no test. */
  war: number;
  uar: number;
  judgedOn: 'test' | 'validation';
  /** `ratioToPlain`: seconds of all trainings, over those of one without augmentation on the same machine. */
  cost: { ratioToPlain: number; seconds: number; trainings: number };
  /** Over the clips of the last epoch; empty for methods without an augmenter. */
  parameters: Record<string, { mean: number; std: number }>;
  /** File that `train --set recipe=` takes. */
  recipe: string;
  /** Name of the run, for `predict` and `evaluate`. */
  run: string;
  folder: string;
  notes: string[];
};
