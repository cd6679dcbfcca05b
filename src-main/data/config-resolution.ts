import { z } from 'zod';
import type { ModelCard } from '../../models/types.ts';
import { SCALABLE_MODELS, trainConfigSchema, type ResolvedConfig, type TrainConfig } from '../contract/config.ts';
import { AppError } from '../contract/errors.ts';
import { listSettings } from '../contract/settings.ts';
import { nearest } from './edit-distance.ts';
import { poolingRefusal } from './model-pooling.ts';

const sizes = z.number().int().positive();
const resolvedConfigSchema = trainConfigSchema.extend({
  clipFrames: sizes,
  cropSize: sizes,
  scoreStride: sizes,
  // Runs of older versions had no upper limit.
  gamma: z.number().min(0),
});

/** Frames of a clip where neither the settings nor the model say it [TSS: 16]. */
const CLIP_FRAMES = 16;

/**
 * Makes a config from the object of a config file and `key=value` pairs, which win; dots reach into groups
 * (`stochasticSoftmax.warmupEpochs=2`).
 * @throws AppError `bad-config` naming the key, what was expected and what was found
 */
export function parseConfig(file: unknown, pairs: readonly string[]): TrainConfig {
  return checkTogether(readConfig(file, pairs));
}

/** {@link parseConfig} of each setting by itself. */
export function readConfig(file: unknown, pairs: readonly string[]): TrainConfig {
  const given = plainObject(file);
  refuseUnknownKeys(given);
  for (const pair of pairs) assign(given, pair);
  const parsed = trainConfigSchema.safeParse(given);
  if (!parsed.success) throw badValue(parsed.error, given);
  return parsed.data;
}

/** Fills in the defaults that depend on the model. */
export function resolveConfig(
  config: TrainConfig,
  card: Pick<ModelCard, 'clipFrames' | 'cropSize' | 'scoreStride'>,
): ResolvedConfig {
  return {
    ...config,
    clipFrames: config.clipFrames ?? card.clipFrames ?? CLIP_FRAMES,
    cropSize: config.cropSize ?? card.cropSize,
    scoreStride: config.scoreStride ?? card.scoreStride,
  };
}

/**
 * Reads a resolved config that a run stored.
 * @param file - name for messages
 * @throws AppError `corrupt`
 */
export function parseResolvedConfig(stored: unknown, file: string): ResolvedConfig {
  const parsed = resolvedConfigSchema.safeParse(stored);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new AppError('corrupt', `${file}: ${issue.path.join('.')}: ${issue.message}.`, { cause: parsed.error });
}

/** All settings as dotted keys. */
export function configKeys(): string[] {
  return [...listSettings().keys()];
}

function plainObject(file: unknown): Record<string, unknown> {
  if (file === undefined || file === null) return {};
  if (typeof file === 'object' && !Array.isArray(file)) return structuredClone(file) as Record<string, unknown>;
  throw new AppError('bad-config', `Config: expected an object of settings, found ${JSON.stringify(file)}.`);
}

function refuseUnknownKeys(given: Record<string, unknown>, prefix = ''): void {
  for (const [key, value] of Object.entries(given)) {
    const dotted = prefix + key;
    if (listSettings().has(dotted)) continue;
    if (!isGroup(dotted)) throw unknownKey(dotted);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new AppError('bad-config', `${dotted}: expected an object of settings, found ${JSON.stringify(value)}.`);
    refuseUnknownKeys(value as Record<string, unknown>, `${dotted}.`);
  }
}

function assign(given: Record<string, unknown>, pair: string): void {
  const equals = pair.indexOf('=');
  if (equals <= 0) throw new AppError('bad-config', `--set ${pair}: expected key=value.`);
  const key = pair.slice(0, equals).trim();
  const leaf = listSettings().get(key);
  if (leaf === undefined) throw isGroup(key) ? groupNotValue(key) : unknownKey(key);
  const parts = key.split('.');
  const group = parts.slice(0, -1).reduce((inner, part) => (inner[part] ??= {}) as Record<string, unknown>, given);
  group[parts.at(-1)!] = fromText(leaf.schema, pair.slice(equals + 1).trim());
}

/** Text that is no number or truth value stays text, for the schema to refuse by name. */
function fromText(schema: z.ZodType, text: string): unknown {
  if (schema instanceof z.ZodNumber) return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
  if (schema instanceof z.ZodBoolean && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function isGroup(key: string): boolean {
  return configKeys().some((known) => known.startsWith(`${key}.`));
}

function unknownKey(key: string): AppError {
  const close = nearest(key, configKeys(), (known) => Math.max(2, Math.ceil(known.length / 3)));
  const meant = close === null ? `Known settings: ${configKeys().join(', ')}.` : `Did you mean ${close}?`;
  return new AppError('bad-config', `Unknown setting ${key}.`, { hint: meant });
}

function groupNotValue(key: string): AppError {
  const inside = configKeys().filter((known) => known.startsWith(`${key}.`));
  return new AppError('bad-config', `${key} is a group of settings, not one.`, {
    hint: `It has ${inside.join(', ')}.`,
  });
}

function badValue(error: z.ZodError, given: Record<string, unknown>): AppError {
  const issue = error.issues[0]!;
  const found = issue.path.reduce<unknown>((inner, part) => (inner as Record<PropertyKey, unknown>)?.[part], given);
  const key = issue.path.join('.');
  const description = listSettings().get(key)?.description;
  return new AppError('bad-config', `${key}: ${issue.message}, found ${JSON.stringify(found)}.`, {
    ...(description ? { hint: `${key}: ${description}.` } : {}),
    cause: error,
  });
}

/** Refuses settings that are right alone and wrong together. @throws AppError `bad-config` */
export function checkTogether(config: TrainConfig): TrainConfig {
  if (config.folds > 0 && config.fold >= config.folds)
    throw new AppError(
      'bad-config',
      `fold: expected 0..${config.folds - 1} for folds=${config.folds}, found ${config.fold}.`,
    );
  if (config.folds === 1) throw new AppError('bad-config', 'folds: expected 0 (one split) or at least 2, found 1.');
  if (config.valFraction + config.testFraction >= 1)
    throw new AppError(
      'bad-config',
      `valFraction + testFraction: expected less than 1, found ${config.valFraction + config.testFraction}.`,
    );
  checkSemiWeak(config);
  checkModel(config);
  return config;
}

function checkModel(config: TrainConfig): void {
  const { model, modelWidth, frameNorm } = config;
  const refusal = poolingRefusal(config);
  if (refusal !== null) throw new AppError('bad-config', `pooling: ${refusal.reason}.`, { hint: refusal.hint });
  if ((modelWidth !== 1 || frameNorm) && !SCALABLE_MODELS.includes(model))
    throw new AppError(
      'bad-config',
      `${frameNorm ? 'frameNorm' : 'modelWidth'}: the size of ${model} is fixed; it changes ${SCALABLE_MODELS.join(', ')}.`,
    );
}

function checkSemiWeak({ labels, pooling, balance }: TrainConfig): void {
  if (labels !== 'semi-weak') return;
  if (pooling !== 'stochastic-softmax' && pooling !== 'average')
    throw new AppError(
      'bad-config',
      `pooling: labels=semi-weak draws clips by scores of its own and needs stochastic-softmax or average, found ${pooling}.`,
    );
  if (balance === 'sampling')
    throw new AppError('bad-config', 'balance=sampling: labels=semi-weak has an order of its own.', {
      hint: 'Use balance=class-weights.',
    });
}
