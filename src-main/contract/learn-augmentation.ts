/** Ways to find an augmentation (algorithms.md 3.6); all train a network and leave a recipe. */
export const AUGMENTATION_METHODS = [
  'none',
  'predefined',
  'stn',
  'validated-magnitude',
  'randaugment',
  'fast-autoaugment',
  'autoaugment',
  'pba',
  'tanda',
  'dan',
  'bayesian',
  'learned',
] as const;
export type AugmentationMethod = (typeof AUGMENTATION_METHODS)[number];

/** What the network of `learned`, `stn` and `dan` may change; `conditional` looks at the pictures (`stn`'s own). */
export const AUGMENTER_NETWORKS = [
  'translation',
  'scale',
  'rotation',
  'affine',
  'affine-color',
  'conditional',
] as const;
export type AugmenterNetwork = (typeof AUGMENTER_NETWORKS)[number];

/** Rungs of the ladder of `predefined` (algorithms.md 3.4): none, crop, flip, both, with affine changes, with colours. */
export const PREDEFINED_LEVELS = ['0', '1', '1.5', '2', '2.5', '3', '3-jitter'] as const;
export type PredefinedLevel = (typeof PREDEFINED_LEVELS)[number];

export type LearnAugmentationOptions = {
  /** Exactly one of the two. */
  project: string | null;
  images: string | null;
  /** Where runs go for `images`. */
  out: string;
  run: string;
  model: string | null;
  method: AugmentationMethod;
  /** Methods to run one after another with the same data, seed and epochs, in place of `method`. */
  compare?: AugmentationMethod[];
  /** Absent: `conditional` for stn, `affine` for the others. */
  network?: AugmenterNetwork;
  /** Rung of `predefined`; absent: the strengths of the settings (`augment.*`). */
  level?: PredefinedLevel;
  /** Step of the augmenter. */
  augmenterRate: number;
  epochs: number | null;
  /** What a search tries: magnitudes, policies of a fold, child trainings, members of a population; absent: by method. */
  trials?: number;
  /** Epochs of each child training of a search; absent: a quarter of `epochs`. */
  childEpochs?: number;
  seed: number;
  /** `key=value` settings of the training, as for `train`. */
  set: string[];
  resume: boolean;
};

/** `changed`: share of clips on which the frozen network answers otherwise than on the clip as it is. */
export type SafetyFinding = { level: number; value: number; changed: number };

/**
 * The expression-safe check, also `safety.json` in the folder: how often a frozen network changes its mind about clips of
 * the selection videos, each changed by one transformation at one strength, and by the recipe as it is drawn.
 */
export type SafetyReport = {
  /** The run whose best network is the judge. */
  judge: string;
  clips: number;
  /** Share above which a strength counts as unsafe. */
  threshold: number;
  recipe: number;
  transformations: {
    name: string;
    unit: string;
    differentiable: boolean;
    strengths: SafetyFinding[];
    /** Largest level up to which all tried are safe; 0: none. */
    safeLevel: number;
  }[];
};

/** `ratioToPlain`: seconds of everything, over those of one training without augmentation on the same machine. */
export type AugmentationCost = { ratioToPlain: number; seconds: number; trainings: number };

/** One method of a comparison. */
export type AugmentationTableRow = {
  method: AugmentationMethod;
  war: number;
  uar: number;
  /** On the validation half that selects. */
  valWar: number;
  ratioToPlain: number;
  seconds: number;
  trainings: number;
  recipe: string;
  run: string;
};

export type LearnAugmentationSummary = {
  method: AugmentationMethod;
  model: string;
  /** On test videos; on the validation half that the augmenter never saw where there is no test. */
  war: number;
  uar: number;
  judgedOn: 'test' | 'validation';
  /** On the validation half that selects. */
  valWar: number;
  cost: AugmentationCost;
  /** Over the clips of the last epoch; empty for methods without an augmenter. */
  parameters: Record<string, { mean: number; std: number }>;
  safety: SafetyReport;
  /** File that `train --set recipe=` takes. */
  recipe: string;
  /** Name of the run, for `predict` and `evaluate`. */
  run: string;
  folder: string;
  notes: string[];
  /** Of a comparison: all methods in the order asked; the rest of the summary is that of the best on validation. */
  table?: AugmentationTableRow[];
};
