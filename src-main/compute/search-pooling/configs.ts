import { modelCard } from '../../../models/index.ts';
import type { SearchableCard } from '../../../models/searchable-network.ts';
import { searchableNetworks } from '../../../models/searchable-networks.ts';
import type { ResolvedConfig, TrainConfig } from '../../contract/config.ts';
import { AppError } from '../../contract/errors.ts';
import type { PoolingSearchOptions } from '../../contract/pooling-search.ts';
import { parseConfig, resolveConfig } from '../../data/config-resolution.ts';

/** `alone` trains a network by itself, `shared` the weights of a search. */
export type SearchConfigs = { card: SearchableCard; alone: ResolvedConfig; shared: ResolvedConfig };

type Settings = Pick<PoolingSearchOptions, 'model' | 'images' | 'epochs' | 'aloneEpochs' | 'seed' | 'set'>;

/** What pictures are trained with, of which the paper says so (algorithms.md 2.6). */
const PICTURE_SETTINGS = [
  ...['model=resnet20', 'pooling=average', 'clipFrames=1', 'batch=128', 'epochs=100', 'patience=100'],
  ...['optimizer=sgd', 'learningRate=0.1', 'momentum=0.9', 'weightDecay=0', 'dropout=0'],
  // Why: crops of a picture padded by 4 of 32 pixels, and mirrored ones.
  ...['augment.translate=0.125', 'augment.rotationDeg=0', 'augment.scale=0'],
  ...['augment.brightness=0', 'augment.contrast=0', 'augment.saturation=0'],
];
const VIDEO_SETTINGS = ['model=pooled3d'];

/** Shared weights: SGD of their own for each supernet, clips drawn uniformly, never stopped early. */
const SHARED: Partial<ResolvedConfig> = {
  optimizer: 'sgd',
  momentum: 0.9,
  weightDecay: 0,
  backboneFactor: 1,
  schedule: 'cosine',
  pooling: 'average',
  clipsPerVideo: 1,
  accumulate: 1,
  balance: 'none',
};
/** The rate for pictures is that of [BMS]; on 49 sample videos 0.05 stayed above the loss of guessing for 25 epochs. */
const SHARED_OF = {
  pictures: { learningRate: 0.1, batch: 128 },
  videos: { learningRate: 0.01, batch: 16 },
};

/** @throws AppError `bad-config` for a network whose pools cannot be searched, or settings that do not exist */
export function searchConfigs({ model, images, epochs, aloneEpochs, seed, set }: Settings): SearchConfigs {
  const kind = images === null ? 'videos' : 'pictures';
  const defaults = kind === 'videos' ? VIDEO_SETTINGS : PICTURE_SETTINGS;
  const chosen = model === null ? [] : [`model=${model}`];
  const budget = aloneEpochs === null ? [] : [`epochs=${aloneEpochs}`, `patience=${aloneEpochs}`];
  const parsed = parseConfig({}, [...defaults, ...chosen, ...set, ...budget, `seed=${seed}`]);
  refuseOwnKeys(parsed);
  const card = searchableCardOf(parsed.model);
  const alone = resolveConfig(parsed, modelCard(parsed.model));
  const length = epochs ?? alone.epochs;
  return { card, alone, shared: { ...alone, ...SHARED, ...SHARED_OF[kind], epochs: length, patience: length } };
}

function refuseOwnKeys({ poolAt, initialWeights, recipe }: TrainConfig): void {
  const refuse = (message: string, hint: string) => {
    throw new AppError('bad-config', message, { hint });
  };
  if (poolAt !== undefined) refuse('poolAt is what a pooling search finds.', 'Leave it out.');
  const later = 'Leave it out; `train` takes it with the poolAt that is found.';
  if (initialWeights !== undefined) refuse('initialWeights: a pooling search starts from random weights.', later);
  if (recipe !== undefined) refuse('recipe: a pooling search trains with the standard augmentation.', later);
}

/** @throws AppError `bad-config` where the pools have fixed places */
export function searchableCardOf(model: string): SearchableCard {
  const card = searchableNetworks().find(({ name }) => name === model);
  if (card !== undefined) return card;
  const names = searchableNetworks().map(({ name }) => name);
  throw new AppError('bad-config', `The pools of ${model} have fixed places.`, {
    hint: `Networks with pools to place: ${names.join(', ')}.`,
  });
}
