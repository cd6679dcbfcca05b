/** What a comparison trains: one task for each network, pooling method, inverse temperature and seed. */
import { modelCard } from '../../../models/index.ts';
import type { CompareOptions, Model, Pooling, RefusedSystem, System } from '../../contract/compare.ts';
import { AppError } from '../../contract/errors.ts';
import { checkTogether, readConfig, resolveConfig } from '../../data/config-resolution.ts';
import { poolingRefusal } from '../../data/model-pooling.ts';
import { sizeSettings } from './sizes.ts';
import { requirePoolAt } from '../pool-at.ts';
import type { TrainingTask } from '../training-executor.ts';

/** A run to train, and the system that it is of. */
export type ComparedTask = TrainingTask & { system: System; seed: number };

/** `tasks` seed by seed, so that the whole grid is there for the first seed before the second begins. */
export type ComparisonGrid = { systems: System[]; tasks: ComparedTask[]; refused: RefusedSystem[] };

type Asked = Pick<CompareOptions, 'models' | 'pooling' | 'gammas' | 'seeds' | 'size' | 'set' | 'run'>;

/** Methods that the inverse temperature enters. */
const TEMPERED: readonly Pooling[] = ['softmax', 'weighted-uniform', 'stochastic-softmax', 'reinforce'];

/** Settings that a comparison decides by itself, or that fit one network only. */
const OWN_KEYS: Record<string, string> = {
  model: 'name networks with --models',
  pooling: 'name methods with --pooling',
  gamma: 'give values with --gammas',
  seed: 'give seeds with --seeds',
  initialWeights: 'weights of one network do not fit the others',
  recipe: 'use `train` for one network with a recipe',
};

/**
 * @throws AppError `bad-config` for settings that do not exist or are not to be set here, and where no system that was
 *   asked for can be trained
 */
export function comparisonGrid(asked: Asked): ComparisonGrid {
  refuseOwnKeys(asked.set);
  const all = distinct(asked.models).flatMap((model) => systemsOf(model, asked));
  const refused = all.flatMap((system) => refusalOf(system, asked) ?? []);
  const systems = all.filter((system) => !refused.some((one) => isSame(one, system)));
  if (systems.length === 0) throw nothingToTrain(refused);
  const tasks = distinct(asked.seeds).flatMap((seed) => systems.map((system) => taskOf(system, seed, asked)));
  return { systems, tasks, refused };
}

export function isSame(one: System, other: System): boolean {
  return one.model === other.model && one.pooling === other.pooling && one.gamma === other.gamma;
}

function systemsOf(model: Model, { pooling, gammas }: Asked): System[] {
  return distinct(pooling).flatMap((method) => {
    const temperatures = TEMPERED.includes(method) ? distinct(gammas) : [null];
    return temperatures.map((gamma) => ({ model, pooling: method, gamma }));
  });
}

function refusalOf(system: System, asked: Asked): RefusedSystem | null {
  const refusal = poolingRefusal(readConfig({}, settingsOf(system, asked)));
  return refusal && { ...system, ...refusal };
}

function taskOf(system: System, seed: number, asked: Asked): ComparedTask {
  const config = checkTogether(readConfig({}, [...settingsOf(system, asked), `seed=${seed}`]));
  requirePoolAt(config);
  return {
    name: runNameOf(system, seed, asked.run),
    config: resolveConfig(config, modelCard(system.model)),
    system,
    seed,
  };
}

/** What the user sets wins over the size, as it does over the defaults. */
function settingsOf({ model, pooling, gamma }: System, { size, set }: Asked): string[] {
  const temperature = gamma === null ? [] : [`gamma=${gamma}`];
  return [...sizeSettings(model, size), ...set, `model=${model}`, `pooling=${pooling}`, ...temperature];
}

function runNameOf({ model, pooling, gamma }: System, seed: number, run: string): string {
  return [run, model, pooling, ...(gamma === null ? [] : [`g${gamma}`]), `s${seed}`].join('-');
}

function refuseOwnKeys(set: readonly string[]): void {
  const key = Object.keys(OWN_KEYS).find((own) => set.some((pair) => pair.split('=')[0]?.trim() === own));
  if (key !== undefined)
    throw new AppError('bad-config', `compare: --set ${key} is not for a comparison: ${OWN_KEYS[key]}.`);
}

function nothingToTrain(refused: readonly RefusedSystem[]): AppError {
  const reasons = [...new Set(refused.map(({ reason }) => reason))].join('; ');
  return new AppError('bad-config', `compare: none of these systems can be trained: ${reasons}.`, {
    hint: [...new Set(refused.map(({ hint }) => hint))].join(' '),
  });
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
