/** The table of a comparison: figures over seeds, as records, Markdown and CSV. */
import type {
  CompareSummary,
  ComparedRun,
  ComparedSystem,
  RefusedSystem,
  Spread,
  System,
} from '../../contract/compare.ts';
import { csvText } from '../../data/annotations/csv-text.ts';
import { isSame } from './grid.ts';

/** Figures of each system over those of its runs that are done; systems without one are left out. */
export function comparedSystems(
  systems: readonly System[],
  runs: readonly ComparedRun[],
  seeds: number,
): ComparedSystem[] {
  return systems.flatMap((system) => {
    const own = runs.filter((run) => isSame(run, system));
    return own.length === 0 ? [] : [figuresOf(system, own, seeds)];
  });
}

function figuresOf(system: System, runs: ComparedRun[], seeds: number): ComparedSystem {
  const over = (figure: (run: ComparedRun) => number) => spreadOf(runs.map(figure));
  const located = runs.flatMap(({ localisation }) => localisation ?? []);
  return {
    ...system,
    seeds,
    runs,
    war: over(({ war }) => war),
    uar: over(({ uar }) => uar),
    epochsToBest: over(({ bestEpoch }) => bestEpoch),
    seconds: over(({ seconds }) => seconds),
    localisation:
      located.length < runs.length
        ? null
        : {
            pointing: spreadOf(located.map(({ pointing }) => pointing)),
            mass: spreadOf(located.map(({ mass }) => mass)),
            uniform: spreadOf(located.map(({ uniform }) => uniform)),
          },
  };
}

/** Mean and deviation of the sample, with n - 1. */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean, deviation: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

type Table = Pick<CompareSummary, 'systems' | 'refused'>;

const HEAD = [
  'network',
  'pooling',
  'γ',
  'seeds',
  'WAR',
  'UAR',
  'epochs to best',
  'pointing',
  'mass',
  'uniform',
  's per run',
];

/** Shares in per cent, mean ± deviation over seeds; pairs that cannot be trained stand below with the reason. */
export function markdownTable({ systems, refused }: Table): string {
  const lines = [HEAD, HEAD.map(() => '---'), ...systems.map(markdownCells)].map((cells) => `| ${cells.join(' | ')} |`);
  const reasons = refused.map(
    (one) => `- ${one.model} with ${one.pooling}${temperature(one)}: ${one.reason}. ${one.hint}`,
  );
  return `${[...lines, ...(reasons.length > 0 ? ['', 'Not trained:', '', ...reasons] : [])].join('\n')}\n`;
}

function markdownCells(system: ComparedSystem): string[] {
  const { model, pooling, gamma, runs, seeds, war, uar, epochsToBest, seconds, localisation } = system;
  const moments = localisation
    ? [percents(localisation.pointing), percents(localisation.mass), percents(localisation.uniform)]
    : ['–', '–', '–'];
  const done = runs.length === seeds ? String(seeds) : `${runs.length} of ${seeds}`;
  const figures = [percents(war), percents(uar), plusMinus(epochsToBest, 1, 1), ...moments, plusMinus(seconds, 1, 0)];
  return [model, pooling, gamma === null ? '–' : String(gamma), done, ...figures];
}

/** `36.2 ± 8.7`, of a share. */
export function percents(spread: Spread): string {
  return plusMinus(spread, 100, 1);
}

export function plusMinus({ mean, deviation }: Spread, factor: number, digits: number): string {
  const text = (value: number) => (factor * value).toFixed(digits);
  return deviation === null ? text(mean) : `${text(mean)} ± ${text(deviation)}`;
}

function temperature({ gamma }: Pick<System, 'gamma'>): string {
  return gamma === null ? '' : `, γ ${gamma}`;
}

const FIGURES = ['war', 'uar', 'epochs_to_best', 'pointing', 'mass', 'uniform', 'seconds'];

/** Shares from 0 to 1 and seconds, with a column for each deviation. */
export function csvTable({ systems, refused }: Table): string {
  const columns = FIGURES.flatMap((name) => [name, `${name}_deviation`]);
  return csvText([
    ['model', 'pooling', 'gamma', 'runs', 'seeds', ...columns, 'refused'],
    ...systems.map(csvCells),
    ...refused.map((one) => [...keysOf(one), '', '', ...columns.map(() => ''), one.reason]),
  ]);
}

function csvCells(system: ComparedSystem): string[] {
  const { runs, seeds, war, uar, epochsToBest, localisation, seconds } = system;
  const moments = [localisation?.pointing, localisation?.mass, localisation?.uniform];
  const figures = [war, uar, epochsToBest, ...moments, seconds].flatMap((spread) => [
    spread === undefined ? '' : String(spread.mean),
    String(spread?.deviation ?? ''),
  ]);
  return [...keysOf(system), String(runs.length), String(seeds), ...figures, ''];
}

function keysOf({ model, pooling, gamma }: System | RefusedSystem): string[] {
  return [model, pooling, String(gamma ?? '')];
}
