/**
 * A table of what each configuration reaches when its network is trained alone, and on shared weights: a whole search can
 * be replayed on it without training. One row a configuration, in columns
 *
 *   a, b, c, ...         units at each scale of space      time                  `3+3`, where time is pooled too
 *   standalone_mean      accuracy of networks trained alone, any unit            standalone_std   over seeds
 *   supernet_m<M>        accuracy on the shared weights of M supernets           default          1 in one row
 */
import type { PoolingChoices, PoolingConfiguration } from '../../../models/pooling-configuration.ts';
import { searchableNetworks } from '../../../models/searchable-networks.ts';
import { AppError } from '../../contract/errors.ts';
import { readTable, type CsvRow, type CsvTable } from '../../data/layouts/csv-table.ts';
import { byFallingScore } from './search-quality.ts';
import type { SearchSpace } from './search-space.ts';

/** `supernet` [c] by the number of supernets. */
export type AccuracyTable = {
  space: SearchSpace;
  standAlone: number[];
  standardDeviation: number[] | null;
  supernet: Map<number, number[]>;
};

const STAND_ALONE = 'standalone_mean';
const DEVIATION = 'standalone_std';
const SUPERNET = /^supernet_m(\d+)$/;
const HINT = 'Expected columns a,b,c,..., standalone_mean and, for replays of supernets, supernet_m1 and so on.';

/** @param name - what messages call it. @throws AppError `bad-input` */
export function readAccuracyTable(text: string, name: string): AccuracyTable {
  const table = readTable(text, name);
  const scales = scaleColumns(table, name);
  const column = (key: string) => numbersOf(table, key, name);
  const configurations = table.rows.map((row) => configurationOf(row, scales, name));
  checkConfigurations(configurations, name);
  const standAlone = column(STAND_ALONE);
  const supernet = table.columns.flatMap((key): [number, number[]][] => {
    const found = SUPERNET.exec(key);
    return found === null ? [] : [[Number(found[1]), column(key)]];
  });
  return {
    space: { configurations, ...defaultOf(table, configurations, name) },
    standAlone,
    standardDeviation: table.columns.includes(DEVIATION) ? column(DEVIATION) : null,
    supernet: new Map(supernet),
  };
}

/** The CSV that {@link readAccuracyTable} reads. */
export function writeAccuracyTable({ space, standAlone, standardDeviation, supernet }: AccuracyTable): string {
  const { configurations, choices, defaultIndex } = space;
  const scales = Array.from({ length: choices.spacePools + 1 }, (_, scale) => letter(scale));
  const withTime = choices.timePools > 0;
  const header = [
    'index',
    ...scales,
    ...(withTime ? ['time'] : []),
    'default',
    STAND_ALONE,
    ...(standardDeviation ? [DEVIATION] : []),
    ...Array.from(supernet.keys(), (m) => `supernet_m${m}`),
  ];
  const rows = configurations.map(({ space: units, time }, c) => [
    c + 1,
    ...units,
    ...(withTime ? [time.join('+')] : []),
    Number(c === defaultIndex),
    standAlone[c],
    ...(standardDeviation ? [standardDeviation[c]] : []),
    ...Array.from(supernet.values(), (scores) => scores[c]),
  ]);
  return `${[header, ...rows].map((cells) => cells.join(',')).join('\n')}\n`;
}

/** The configuration of largest accuracy. */
export function bruteForce({ standAlone }: AccuracyTable): number {
  return byFallingScore(standAlone)[0]!;
}

function letter(scale: number): string {
  return String.fromCharCode(97 + scale);
}

/** `a`, `b`, ... as far as they go. */
function scaleColumns({ columns, rows }: CsvTable, name: string): string[] {
  const scales: string[] = [];
  while (columns.includes(letter(scales.length))) scales.push(letter(scales.length));
  if (scales.length >= 2 && columns.includes(STAND_ALONE) && rows.length > 0) return scales;
  throw new AppError('bad-input', `${name} is no table of configurations: found columns ${columns.join(', ')}.`, {
    hint: HINT,
  });
}

function configurationOf(row: CsvRow, scales: readonly string[], name: string): PoolingConfiguration {
  const units = (cell: string, what: string) => {
    const count = Number(cell);
    if (Number.isInteger(count) && count >= 1) return count;
    throw new AppError('bad-input', `${name}, line ${row.line}: ${what}: expected a count of units, found '${cell}'.`);
  };
  const space = scales.map((scale) => units(row.values[scale]!, scale));
  const depth = space.reduce((sum, count) => sum + count, 0);
  const time = row.values['time']?.split('+').map((cell) => units(cell, 'time')) ?? [depth];
  return { space, time };
}

function checkConfigurations(configurations: readonly PoolingConfiguration[], name: string): void {
  const depths = new Set(configurations.flatMap(({ space, time }) => [sum(space), sum(time)]));
  if (depths.size > 1)
    throw new AppError('bad-input', `${name}: rows sum to ${[...depths].join(' and ')} units: expected one network.`);
  const keys = configurations.map((one) => JSON.stringify(one));
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) throw new AppError('bad-input', `${name}: the configuration ${twice} is there twice.`);
}

function numbersOf({ rows }: CsvTable, key: string, name: string): number[] {
  return rows.map(({ line, values }) => {
    const value = Number(values[key]);
    if (values[key] !== '' && Number.isFinite(value)) return value;
    throw new AppError('bad-input', `${name}, line ${line}: ${key}: expected a number, found '${values[key]}'.`);
  });
}

/** The row marked as default, else the default of the network of this many units and scales. */
function defaultOf({ rows }: CsvTable, configurations: readonly PoolingConfiguration[], name: string) {
  const { space } = configurations[0]!;
  const timePools = Math.max(...configurations.map(({ time }) => time.length)) - 1;
  const shape = { units: sum(space), spacePools: space.length - 1, timePools };
  const marked = rows.findIndex(({ values }) => values['default'] === '1');
  const known = knownDefault(shape);
  const text = JSON.stringify(known);
  const defaultIndex = marked >= 0 ? marked : configurations.findIndex((one) => JSON.stringify(one) === text);
  if (defaultIndex >= 0) return { defaultIndex, choices: { ...shape, default: configurations[defaultIndex]! } };
  const missing = known === undefined ? 'no row is marked as the default' : `the default ${text} has no row`;
  throw new AppError('bad-input', `${name}: ${missing}.`, { hint: 'Mark it by a 1 in a column `default`.' });
}

function knownDefault({ units, spacePools, timePools }: Omit<PoolingChoices, 'default'>) {
  const known = searchableNetworks().find(
    ({ pooling }) => pooling.units === units && pooling.spacePools === spacePools && pooling.timePools === timePools,
  );
  return known?.pooling.default;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
