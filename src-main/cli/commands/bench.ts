import path from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import type { EngineChoice } from '../../contract/api.ts';
import { PEER_PRECISIONS } from '../../contract/bench.ts';
import type {
  BenchSummary,
  Conv3dBench,
  Figures,
  LayerFigures,
  PeerFigures,
  PeerPrecision,
  Precision,
  PredictBench,
  Spread,
  TrainStepBench,
} from '../../contract/bench.ts';
import { AppError } from '../../contract/errors.ts';
import { engineOption, newCommand, wholeNumber } from '../program.ts';
import type { CommandHost } from '../program.ts';
import { collect } from './runs.ts';

const RESULTS = 'bench/results';
const DEFAULT_MODEL = 'small3d';

const JSON_HELP = `
--json gives one object: {what, engine, device, model | layer, batch, precision, threads, ms: {median, p10, p90},
clipsPerSecond, gflops, tflops, shareOfFloor, …}. gflops counts the operations of the plain algorithm. shareOfFloor is the least
time of the work over the measured time: its operations at the rate of generated multiply-adds, or its bytes at the rate
of copying memory, whichever takes longer; both rates are measured at the start ("peak"). Winograd kernels need fewer
operations, so they may pass 1. With --peer: {name, ms, ratio} of PyTorch in turns with ours, ratio = its time / ours.`;

const PEER_HELP =
  'PyTorch in turns with ours (Debian: python3-torch, or PYTHON=/path/to/python3); all but ieee on a GPU only';

type Shared = {
  engine: EngineChoice;
  threads: number;
  narrow: boolean;
  precision: Precision;
  rounds: number;
  peer?: PeerPrecision | true;
  save: string | true | undefined;
};

/** `bench conv3d`, `bench train-step` and `bench predict`. */
export function benchCommand(host: CommandHost): Command {
  return newCommand(
    'bench',
    'Measure speed: convolutions, a training step, labelling a video; beside PyTorch with --peer',
  )
    .argument('[what]', 'conv3d, train-step or predict')
    .action((what: string | undefined) => {
      const found = what === undefined ? '' : `, got '${what}'`;
      throw new AppError('usage', `bench: expected conv3d, train-step or predict${found}.`, {
        hint: 'For example: apexscope bench train-step --peer',
      });
    })
    .addCommand(conv3dCommand(host))
    .addCommand(trainStepCommand(host))
    .addCommand(predictCommand(host));
}

function conv3dCommand({ api, job, show }: CommandHost): Command {
  type Options = Shared & { model?: string; batch: number; layer: string[] };
  return measuring('conv3d', 'Forward pass and both gradients of 3D convolutions', 7)
    .option('--model <name>', 'measure the layers of this network; otherwise four of common sizes')
    .option('--batch <n>', 'clips', wholeNumber(1), 8)
    .option('--layer <name>', 'one layer, by name or sizes as 16x48x48,3-16; may be given again', collect, [])
    .addHelpText(
      'after',
      `${JSON_HELP}\n"rows" has the same figures for each layer; those beside it are of all in turn.`,
    )
    .action(async ({ model, batch, layer: layers, ...shared }: Options) => {
      const work = { what: 'conv3d', model: model ?? null, batch, layers } as const;
      const result = await api.bench({ ...work, ...settingOf(shared) }, job);
      show(result, () => benchLines(result));
    });
}

function trainStepCommand({ api, job, show }: CommandHost): Command {
  type Options = Shared & { model: string; batch: number; set: string[]; stock: boolean };
  return measuring('train-step', "A whole training step through the product's own loop, augmentation included", 7)
    .option('--model <name>', 'network', DEFAULT_MODEL)
    .option('--batch <n>', 'videos in a step', wholeNumber(1), 8)
    .option('--set <key=value>', 'a setting of the run, as for train; may be given again', collect, [])
    .option('--stock', 'also two steps of the wasm backend that TensorFlow.js ships: takes a minute', false)
    .addHelpText('after', `${JSON_HELP}\n--stock adds stock: {name, ms, ratio}, ratio = its time / ours.`)
    .action(async ({ model, batch, set, stock, ...shared }: Options) => {
      const result = await api.bench({ what: 'train-step', model, batch, set, stock, ...settingOf(shared) }, job);
      show(result, () => benchLines(result));
    });
}

function predictCommand({ api, job, show }: CommandHost): Command {
  type Options = Shared & { model: string; project?: string; run: string };
  return measuring('predict', 'Labelling a video from its file to the weights of its clips, and where the time goes', 3)
    .argument('[video]', 'a video; otherwise one minute of a drawn person is made')
    .option('--model <name>', 'network with random weights, where no project is given', DEFAULT_MODEL)
    .option('--project <dir>', 'project folder')
    .option('--run <name>', 'run of the project', 'default')
    .addHelpText('after', `${JSON_HELP}\ngflops, shareOfFloor and peer are those of the network's part of "seconds".`)
    .action(async (video: string | undefined, { model, project, run, ...shared }: Options) => {
      const source = project === undefined ? null : { project: path.resolve(project), name: run };
      const file = video === undefined ? null : path.resolve(video);
      const result = await api.bench({ what: 'predict', model, run: source, video: file, ...settingOf(shared) }, job);
      show(result, () => benchLines(result));
    });
}

/** A measurement with the options that all have. */
function measuring(name: string, summary: string, rounds: number): Command {
  return newCommand(name, summary)
    .addOption(engineOption())
    .option('--threads <n>', 'CPU threads; 0: all cores', wholeNumber(0), 0)
    .option('--narrow', 'keep to 128-bit kernels', false)
    .addOption(new Option('--precision <name>', 'number format').choices(['float32', 'mixed']).default('float32'))
    .option('--rounds <n>', 'measurements that count', wholeNumber(1), rounds)
    .addOption(new Option('--peer [precision]', PEER_HELP).choices(PEER_PRECISIONS))
    .option('--save [folder]', `write the result with machine and date to a folder (default: ${RESULTS})`);
}

function settingOf({ narrow, save, peer, ...shared }: Shared) {
  const folder = save === true ? RESULTS : save;
  return {
    ...shared,
    wide: !narrow,
    peer: peer === true ? 'usual' : (peer ?? null),
    save: folder === undefined ? null : path.resolve(folder),
  };
}

/** The result as a small table. */
export function benchLines(result: BenchSummary): string[] {
  const head = [headLine(result), peakLine(result)];
  switch (result.what) {
    case 'conv3d':
      return [...head, ...layerTable(result)];
    case 'train-step':
      return [...head, ...stepLines(result)];
    case 'predict':
      return [...head, ...predictLines(result)];
    default:
      return result satisfies never;
  }
}

function headLine({ what, model, engine, device, threads, wide, precision, batch }: BenchSummary): string {
  const kernels = engine === 'wasm' ? `, ${threads} threads, ${wide ? 256 : 128}-bit kernels` : '';
  return `${what}${model ? ` of ${model}` : ''}, batch ${batch}: ${engine} (${device})${kernels}, ${precision}`;
}

function peakLine({ peak }: BenchSummary): string {
  if (peak === null) return 'Peak: not measured for this engine';
  return `Peak: ${peak.gflops} GFLOP/s of multiply-adds, ${peak.gigabytesPerSecond} GB/s of copying`;
}

function layerTable({ rows, peer, ...all }: Conv3dBench): string[] {
  const title = ['layer', 'ms (p10 to p90)', 'clips/s', 'GFLOP/s', 'of floor', ...(peer ? [peer.name, 'ratio'] : [])];
  const total: LayerFigures = { layer: 'all', ...all, ...(peer && { peer }) };
  const cells = [...rows, ...(rows.length > 1 ? [total] : [])].map((row) => [
    ...[row.layer, times(row.ms), String(row.clipsPerSecond), String(row.gflops), share(row)],
    ...(row.peer ? [times(row.peer.ms), row.peer.ratio.toFixed(2)] : []),
  ]);
  const ratios = rows.flatMap((row) => row.peer?.ratio ?? []);
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  return [
    ...aligned([title, ...cells]),
    ...(ratios.length > 1 ? [`Mean ratio of the layers: ${mean.toFixed(2)}`] : []),
  ];
}

function stepLines({ peer, stock, ...figures }: TrainStepBench): string[] {
  return [
    figuresLine('step', figures),
    ...(peer ? [peerLine(peer)] : []),
    ...(stock ? [`${stock.name}: ${times(stock.ms)} ms, ${stock.ratio} times ours`] : []),
  ];
}

function predictLines({ peer, seconds, ...r }: PredictBench): string[] {
  const parts = Object.entries(seconds).map(([stage, sec]) => `${stage} ${sec.toFixed(2)} s`);
  return [
    `${r.videoSec} s of video, ${r.frames} frames, ${r.positions} clip positions, ${r.networkFrames} frames through the network`,
    figuresLine('video', r),
    parts.join(', '),
    ...(peer ? [peerLine(peer)] : []),
  ];
}

function figuresLine(unit: string, r: Figures): string {
  return `${times(r.ms)} ms a ${unit}, ${r.clipsPerSecond} clips/s, ${r.gflops} GFLOP/s, ${share(r)} of the floor`;
}

function peerLine({ name, ms, ratio, ratioP10, ratioP90 }: PeerFigures): string {
  return `${name}: ${times(ms)} ms, ${ratio} times ours (${ratioP10} to ${ratioP90})`;
}

function times({ median, p10, p90 }: Spread): string {
  return `${median.toFixed(1)} (${p10.toFixed(1)} to ${p90.toFixed(1)})`;
}

function share({ shareOfFloor }: Figures): string {
  return shareOfFloor === null ? '-' : shareOfFloor.toFixed(2);
}

/** Columns of equal width: the first to the left, the others to the right. */
function aligned(cells: readonly string[][]): string[] {
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ');
  return cells.map(line);
}
