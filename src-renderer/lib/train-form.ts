import { z } from 'zod';
import { listSettings, type Setting } from '../../src-main/contract/settings.ts';

/** How a setting is asked for. `step` is of the arrows of a number. */
export type FieldKind =
  | { kind: 'choice'; options: readonly string[] }
  | { kind: 'switch' }
  | { kind: 'number'; step: number | 'any'; min: number | undefined; max: number | undefined }
  | { kind: 'text' }
  | { kind: 'file' };

export type TrainField = { key: string; title: string; help: string; defaultValue: unknown; field: FieldKind };
export type TrainSection = { title: string; open: boolean; fields: TrainField[] };

/** Values that differ from the defaults, by dotted key. */
export type TrainChoices = Readonly<Record<string, unknown>>;

const TITLES: Readonly<Record<string, string>> = {
  model: 'Network',
  pooling: 'Temporal pooling',
  gamma: 'γ, inverse temperature',
  clipsPerVideo: 'Clips per video (K)',
  clipFrames: 'Frames of a clip (L)',
  cropSize: 'Picture size, pixels',
  scoreStride: 'Frames between scored clips',
  poolAt: 'Where the network pools',
  epochs: 'Most epochs',
  batch: 'Videos per pass',
  accumulate: 'Passes per step',
  learningRate: 'Learning rate',
  backboneFactor: 'Backbone learning rate, relative',
  weightDecay: 'Weight decay',
  schedule: 'Learning rate schedule',
  plateauFactor: 'Plateau: factor',
  plateauPatience: 'Plateau: epochs to wait',
  patience: 'Early stop after epochs',
  balance: 'Unequal classes',
  labels: 'Train on',
  'semiWeak.method': 'Training labels',
  'semiWeak.gamma': 'γ of drawing segments',
  'semiWeak.segments': 'Segments per video',
  'semiWeak.labelledShare': 'Share of labelled moments',
  'semiWeak.scoreRate': 'Weight of a new score',
  'semiWeak.minOverlap': 'Least overlap that shares a score',
  'semiWeak.confidence': 'Confidence of guessed labels',
  'semiWeak.background': 'Class that shows nothing',
  'semiWeak.momentShare': 'Moments that training may see',
  'semiWeak.labelShare': 'Labels that training may see',
  split: 'How videos are divided',
  valFraction: 'Share for validation',
  testFraction: 'Share for test',
  initialWeights: 'Weights to start from',
  threads: 'CPU threads',
  'stochasticSoftmax.warmupEpochs': 'Warm-up epochs',
  'stochasticSoftmax.explorationEpochs': 'Exploration epochs',
  'reinforce.baseline': 'REINFORCE baseline',
  'augment.rotationDeg': 'Rotation, degrees',
};

/** Where the schema's own words are for those who know the method. */
const PLAIN: Readonly<Record<string, string>> = {
  model: 'small3d learns on a processor in minutes; c3d, r3d18 and vgg16-3d want a GPU',
  pooling:
    'How clips are joined: average counts all alike, max takes the strongest, stochastic-softmax draws the telling ones',
  gamma: '0 counts all clips alike; the larger, the more the strongest moment decides. The paper found 1 best',
  epochs: 'How often every video is seen at most; early stop can end sooner',
  seed: 'The same seed and settings give the same numbers',
  clipsPerVideo: 'Clips drawn from each video in every epoch; the paper draws 1',
  clipFrames: 'Length of a clip; the paper takes 16',
  labels:
    'video: the label alone; moments: the labelled moments; semi-weak: few moments, and guesses for the other videos',
  'stochasticSoftmax.warmupEpochs': 'First epochs draw evenly, before scores mean anything; the paper takes 3',
  'stochasticSoftmax.explorationEpochs': 'Then every part of a video is visited once; the paper takes 5',
};

/** Settings that count only beside others: shown when they do. */
const COUNTS_WITH: readonly { keys: string; when: (value: (key: string) => unknown) => boolean }[] = [
  { keys: 'semiWeak.', when: (value) => value('labels') === 'semi-weak' },
  { keys: 'reinforce.', when: (value) => value('pooling') === 'reinforce' },
  {
    keys: 'stochasticSoftmax.',
    when: (value) => ['stochastic-softmax', 'reinforce', 'weighted-uniform'].includes(String(value('pooling'))),
  },
  { keys: 'plateau', when: (value) => value('schedule') === 'plateau' },
  { keys: 'momentum', when: (value) => value('optimizer') === 'sgd' },
  { keys: 'augment.', when: (value) => value('augmentation') === 'standard' },
  { keys: 'gamma', when: (value) => !['average', 'max', 'joint-softmax'].includes(String(value('pooling'))) },
];

/** Whether a setting changes anything beside what else is chosen. */
export function counts({ key }: Pick<TrainField, 'key'>, value: (key: string) => unknown): boolean {
  return COUNTS_WITH.every(({ keys, when }) => !key.startsWith(keys) || when(value));
}

const SECTIONS: readonly { title: string; open: boolean; keys: readonly string[] }[] = [
  { title: 'What learns', open: true, keys: ['model', 'pooling', 'gamma', 'epochs', 'seed'] },
  { title: 'Sampling of clips', open: true, keys: ['clipsPerVideo', 'clipFrames', 'stochasticSoftmax', 'reinforce'] },
  {
    title: 'Optimiser',
    open: false,
    keys: ['optimizer', 'learningRate', 'backboneFactor', 'momentum', 'weightDecay', 'dropout', 'batch', 'accumulate'],
  },
  { title: 'Schedule and stopping', open: false, keys: ['schedule', 'plateauFactor', 'plateauPatience', 'patience'] },
  { title: 'Data', open: false, keys: ['split', 'valFraction', 'testFraction', 'folds', 'fold', 'balance'] },
  { title: 'Labels', open: false, keys: ['labels', 'semiWeak'] },
  { title: 'Augmentation', open: false, keys: ['augmentation', 'recipe', 'augment'] },
];
const LAST = 'Pictures, weights, machine';

/**
 * All settings of the schema in sections; one that no section names stands in the last.
 * @param own - defaults of this machine, in place of those of the schema
 */
export function trainSections(own: TrainChoices = {}): TrainSection[] {
  const fields = [...listSettings()]
    .map(([key, setting]) => fieldOf(key, setting))
    .map((field) => ({ ...field, defaultValue: own[field.key] ?? field.defaultValue }));
  const home = (key: string) =>
    SECTIONS.find(({ keys }) => keys.includes(key) || keys.includes(key.split('.')[0]!))?.title;
  const sections = SECTIONS.map(({ title, open, keys }) => {
    const own = fields.filter(({ key }) => home(key) === title);
    const place = ({ key }: TrainField) => keys.findIndex((one) => one === key || key.startsWith(`${one}.`));
    return { title, open, fields: own.sort((a, b) => place(a) - place(b)) };
  });
  return [...sections, { title: LAST, open: false, fields: fields.filter(({ key }) => home(key) === undefined) }];
}

/** Settings that name a file on disk. */
const FILES = ['initialWeights', 'recipe'];

/** How a setting of a schema is asked for. */
export function fieldOf(key: string, { schema, description, defaultValue }: Setting): TrainField {
  return {
    key,
    title: TITLES[key] ?? titleOf(key),
    help: PLAIN[key] ?? description,
    defaultValue,
    field: FILES.includes(key) ? { kind: 'file' } : kindOf(schema),
  };
}

/** `valFraction` as `Val fraction`. */
function titleOf(key: string): string {
  const words = key
    .split('.')
    .at(-1)!
    .replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return words[0]!.toUpperCase() + words.slice(1);
}

function kindOf(schema: z.ZodType): FieldKind {
  if (schema instanceof z.ZodEnum) return { kind: 'choice', options: schema.options.map(String) };
  if (schema instanceof z.ZodBoolean) return { kind: 'switch' };
  if (!(schema instanceof z.ZodNumber)) return { kind: 'text' };
  const whole = schema.isInt;
  const finite = (limit: number | null | undefined) =>
    limit === null || limit === undefined || !Number.isFinite(limit) || Math.abs(limit) >= Number.MAX_SAFE_INTEGER
      ? undefined
      : limit;
  return { kind: 'number', step: whole ? 1 : 'any', min: finite(schema.minValue), max: finite(schema.maxValue) };
}

/** The settings as a config of the program: dotted keys become groups. */
export function configOf(choices: TrainChoices): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(choices)) {
    const parts = key.split('.');
    const group = parts.slice(0, -1).reduce((inner, part) => (inner[part] ??= {}) as Record<string, unknown>, config);
    group[parts.at(-1)!] = value;
  }
  return config;
}

/** Groups become dotted keys. */
export function flatConfig(config: Readonly<Record<string, unknown>>, prefix = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      typeof value === 'object' && value !== null
        ? Object.entries(flatConfig(value as Record<string, unknown>, `${prefix}${key}.`))
        : [[prefix + key, value] as const],
    ),
  );
}

/** Settings in which runs differ, with the value of each run. */
export function configDifferences(
  configs: readonly Readonly<Record<string, unknown>>[],
): { key: string; values: unknown[] }[] {
  const flat = configs.map((config) => flatConfig(config));
  const keys = [...new Set(flat.flatMap((config) => Object.keys(config)))];
  return keys
    .map((key) => ({ key, values: flat.map((config) => config[key]) }))
    .filter(({ values }) => values.some((value) => value !== values[0]));
}

export type TrainPreset = { id: string; title: string; about: string; choices: TrainChoices };

/** Starting points; the paper's numbers are those of algorithms.md 1.5. */
export const TRAIN_PRESETS: readonly TrainPreset[] = [
  { id: 'usual', title: 'Usual', about: 'Temporal stochastic softmax with γ 1 on a small 3D network.', choices: {} },
  {
    id: 'quick',
    title: 'Quick look',
    about: 'Twelve epochs with short phases: enough to see that all is well.',
    choices: { epochs: 12, 'stochasticSoftmax.warmupEpochs': 1, 'stochasticSoftmax.explorationEpochs': 3 },
  },
  {
    id: 'baseline',
    title: 'Average baseline',
    about: 'Every clip counts the same: what the method is to be compared with.',
    choices: { pooling: 'average', gamma: 0 },
  },
  {
    id: 'paper',
    title: 'Paper (AFEW)',
    about: 'Inflated VGG-16 with the settings of the paper. Needs a GPU and pretrained weights.',
    choices: {
      model: 'vgg16-3d',
      optimizer: 'sgd',
      learningRate: 5e-4,
      backboneFactor: 0.005,
      weightDecay: 1e-3,
      batch: 4,
      accumulate: 8,
      dropout: 0.5,
      epochs: 200,
      schedule: 'plateau',
      patience: 10,
    },
  },
];
