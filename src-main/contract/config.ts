import { z } from 'zod';

/** Networks by name; `models/index.ts` holds the definitions. */
export const MODEL_NAMES = [
  'small3d',
  'c3d',
  'r3d18',
  'vgg16-3d',
  'spatial-attention',
  'c3d-lstm',
  'c3d-weighted',
  'pooled3d',
  'resnet20',
  'resnet18',
  'resnet50',
  'wrn-28-10',
] as const;

/** Networks that `modelWidth` and `frameNorm` change. */
export const SCALABLE_MODELS: readonly (typeof MODEL_NAMES)[number][] = [
  'c3d',
  'vgg16-3d',
  'spatial-attention',
  'c3d-lstm',
  'c3d-weighted',
];

/** Temporal pooling methods of algorithms.md section 1. */
export const POOLING_NAMES = [
  'average',
  'max',
  'softmax',
  'weighted-uniform',
  'stochastic-softmax',
  'reinforce',
  'joint-softmax',
] as const;

/** Beyond, temporal softmax is the maximum over clips in all but name. */
const MOST_GAMMA = 1000;

const positive = () => z.number().int().positive();
const share = () => z.number().min(0).max(1);

export const augmentSchema = z.strictObject({
  flip: z.boolean().default(true).describe('Mirror half of the clips left to right'),
  rotationDeg: z.number().min(0).max(90).default(10).describe('Largest rotation either way, degrees'),
  scale: share().default(0.1).describe('Largest relative change of size'),
  translate: share().default(0.06).describe('Largest shift, as a share of the side'),
  brightness: share().default(0.2).describe('Largest relative change of brightness'),
  contrast: share().default(0.2).describe('Largest relative change of contrast'),
  saturation: share().default(0.2).describe('Largest relative change of saturation'),
});

const stochasticSoftmaxSchema = z.strictObject({
  warmupEpochs: z.number().int().min(0).default(3).describe('Uniform epochs that leave the scores alone [TSS: 3]'),
  explorationEpochs: z.number().int().min(0).default(5).describe('Epochs that visit evenly spaced clips [TSS: 5]'),
});

const reinforceSchema = z.strictObject({
  baseline: z
    .enum(['expected', 'running-mean'])
    .default('expected')
    .describe('expected: sum of weight times last known loss over clips; running-mean: mean of past losses'),
});

/** How pseudo-labels come about, with the baselines that they are held against. */
export const SEMI_WEAK_METHODS = ['sampled', 'arg-max', 'labelled-only', 'all-labels'] as const;

const semiWeakSchema = z.strictObject({
  method: z
    .enum(SEMI_WEAK_METHODS)
    .default('sampled')
    .describe(
      'sampled: segments are drawn by their scores; arg-max: the best one is taken; labelled-only: videos without a moment are left out; all-labels: nothing is hidden',
    ),
  gamma: z
    .number()
    .min(0)
    .default(2.5)
    .describe('Inverse temperature of drawing segments; 0 draws evenly [SWSOD: 2.5]'),
  segments: positive()
    .default(3)
    .describe('Segments drawn of a video without a moment; duplicates count once [SWSOD: 5]'),
  labelledShare: share().default(0.7).describe('Share of an epoch that is taken from labelled moments [SWSOD: 0.7]'),
  scoreRate: share().default(0.9).describe('How far a new score replaces the old one of the same segment [SWSOD: 0.9]'),
  minOverlap: share().default(0.3).describe('Segments that overlap less than this share no score [SWSOD: 0.3]'),
  confidence: share()
    .default(0.8)
    .describe('Guessed labels are trained on where the scores of the whole video give their class at least this'),
  background: z
    .string()
    .default('neutral')
    .describe('Class that shows nothing: videos labelled so need no moment, they show it from beginning to end'),
  momentShare: share().default(1).describe('Experiment: share of labelled moments that training may see'),
  labelShare: share().default(1).describe('Experiment: share of labels that training may see; the rest is unlabelled'),
});

const attentionSchema = z.strictObject({
  blocks: z.number().int().min(1).max(5).default(5).describe('Blocks of VGG-16; each halves the map [ICIAR: 5]'),
  hops: positive().max(16).default(2).describe('Places that a frame is looked at [ICIAR: 2 to 7]'),
  penalty: z.number().min(0).default(0.1).describe('C: how much hops are pushed apart [ICIAR: 0 to 1]'),
});

const jointSoftmaxSchema = z.strictObject({
  drawnClips: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('Clips drawn of a video in each epoch, none twice and in order [ICIAR: 16 frames]; 0: all of them'),
});

/** Every setting of a training run. Defaults that depend on the model are filled by `resolveConfig`. */
export const trainConfigSchema = z.strictObject({
  model: z.enum(MODEL_NAMES).default('small3d').describe('Network'),
  poolAt: z
    .string()
    .optional()
    .describe('Where the network pools, as search-pooling finds it: units at each scale, 4,3,3; default: of the model'),
  modelWidth: z
    .number()
    .positive()
    .max(1)
    .default(1)
    .describe('Channels and units as a share of the published ones; c3d and its kin, vgg16-3d, spatial-attention'),
  frameNorm: z
    .boolean()
    .default(false)
    .describe(
      'Normalise each frame behind each convolution but the last, to learn without weights from elsewhere; the same networks',
    ),
  pooling: z.enum(POOLING_NAMES).default('stochastic-softmax').describe('Temporal pooling method'),
  gamma: z
    .number()
    .min(0)
    .max(MOST_GAMMA)
    .default(1)
    .describe(
      `Inverse temperature of temporal softmax, up to ${MOST_GAMMA}; 0 is the average, pooling=max what it comes to`,
    ),
  clipsPerVideo: positive().default(1).describe('K: clips drawn from a video in each epoch'),
  clipFrames: positive().optional().describe('L: frames of a clip; default: 16, or the one of the model'),
  cropSize: positive().optional().describe('Side of the network input in pixels; default: the one of the model'),
  scoreStride: positive().optional().describe('Frames between scored clip positions; default: the one of the model'),
  epochs: positive().default(60).describe('Largest number of epochs'),
  batch: positive().default(4).describe('Videos in a forward and backward pass'),
  accumulate: positive().default(1).describe('Passes whose mean gradient makes one step'),
  optimizer: z.enum(['sgd', 'adamw']).default('adamw').describe('Optimiser'),
  learningRate: z.number().positive().default(1e-3).describe('Learning rate of the head and of new layers'),
  momentum: share().default(0.9).describe('Momentum of sgd'),
  weightDecay: z.number().min(0).default(1e-2).describe('Weight decay'),
  backboneFactor: z.number().min(0).default(1).describe('Learning rate of the backbone relative to the head'),
  dropout: share().max(0.95).default(0.2).describe('Dropout before the last layer'),
  schedule: z.enum(['constant', 'plateau', 'cosine']).default('cosine').describe('Learning rate schedule'),
  plateauFactor: share().default(0.5).describe('plateau: factor when validation loss stalls'),
  plateauPatience: positive().default(5).describe('plateau: epochs without improvement before the factor'),
  patience: positive().default(20).describe('Stop after this many epochs without a better validation loss'),
  precision: z
    .enum(['float32', 'mixed'])
    .default('float32')
    .describe('float32; mixed: products in half precision on a GPU that has it, sums and weights in float32'),
  balance: z.enum(['none', 'class-weights', 'sampling']).default('none').describe('Answer to unequal classes'),
  labels: z
    .enum(['video', 'moments', 'semi-weak'])
    .default('video')
    .describe(
      'video: only the label of the whole video; moments: train on the labelled moments where there are any; semi-weak: and guess the moments of other videos, and the labels of those without one',
    ),
  augmentation: z.enum(['none', 'standard']).default('standard').describe('Augmentation, the same for all frames'),
  recipe: z.string().optional().describe('recipe.json of learn-augmentation, in place of augmentation and augment'),
  augment: augmentSchema.prefault({}).describe('Strengths of the standard augmentation'),
  split: z
    .enum(['auto', 'subject', 'declared', 'random'])
    .default('auto')
    .describe('auto: declared splits where the data has them, else disjoint subjects'),
  valFraction: share().default(0.2).describe('Share of subjects (or videos) for validation'),
  testFraction: share().default(0.2).describe('Share of subjects (or videos) for test'),
  folds: z.number().int().min(0).default(0).describe('k of k-fold cross-validation; 0: one split'),
  fold: z.number().int().min(0).default(0).describe('Which fold is the test fold, from 0'),
  initialWeights: z.string().optional().describe('safetensors file with 2D or 3D weights to start from'),
  threads: z.number().int().min(0).default(0).describe('CPU threads; 0: all cores'),
  seed: z.number().int().min(0).default(1).describe('Seed of everything random'),
  stochasticSoftmax: stochasticSoftmaxSchema.prefault({}).describe('stochastic-softmax, reinforce, weighted-uniform'),
  reinforce: reinforceSchema.prefault({}).describe('reinforce'),
  attention: attentionSchema.prefault({}).describe('spatial-attention'),
  jointSoftmax: jointSoftmaxSchema.prefault({}).describe('joint-softmax'),
  semiWeak: semiWeakSchema.prefault({}).describe('labels=semi-weak'),
});

export type TrainConfig = z.infer<typeof trainConfigSchema>;

/** A config whose model-dependent defaults are filled in: what a run stores and uses. */
export type ResolvedConfig = TrainConfig & { clipFrames: number; cropSize: number; scoreStride: number };
