/**
 * Turns the measurements in bench/results that stand beside PyTorch into one table of ratios: bench/results/README.md,
 * and the part of README.md between the two marks. Those beside stock TensorFlow.js on the same GPU are a second one.
 *
 *   node bench/report.ts
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BenchHead, Conv3dBench, PeerFigures, PredictBench, TrainStepBench } from '../src-main/contract/bench.ts';
import { stockRatios } from './stock-ratios.ts';

type StockTimed = Conv3dBench | TrainStepBench;
type Result = StockTimed | PredictBench;
type Row = { work: string; setting: string; oursMs: number; peer: PeerFigures };

const root = path.join(import.meta.dirname, '..');
const results = path.join(root, 'bench/results');
const MARKS = ['<!-- made by bench/report.ts -->', '<!-- end -->'] as const;
const COLUMNS = ['work', 'engine', 'ours, ms', 'peer', 'its ms', 'ratio'];

const STOCK_COLUMNS = ['work', 'GPU', 'ours, ms', 'stock TensorFlow.js, ms', 'ratio'];

const measured = readdirSync(results)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(path.join(results, file), 'utf8')) as Result);
const tables = [tableOf(measured.flatMap(rowsOf)), ...stockTable()];
const table = tables.join('\n\n');
const intro = 'Beside PyTorch, in turns in one run; ratio = its time / ours, above 1 Apexscope is faster.';
writeFileSync(
  path.join(results, 'README.md'),
  `# Measured\n\n${intro} Made by \`node bench/report.ts\`.\n\n${table}\n`,
);
writeBetweenMarks(path.join(root, 'README.md'), table);

/** None where the stock kernels were not measured. */
function stockTable(): string[] {
  const rows = stockRatios(measured.filter(({ what }) => what === 'conv3d' || what === 'train-step') as StockTimed[]);
  if (rows.length === 0) return [];
  const cells = rows.map(({ work, device, precision, oursMs, stockMs, ratio }) => [
    ...[work, `${device}, ${precision}`, oursMs.toFixed(1), stockMs.toFixed(1), ratio.toFixed(1)],
  ]);
  return [markdown([STOCK_COLUMNS, ...cells])];
}

/** None for what no peer did. */
function rowsOf(result: Result): Row[] {
  if (!('peer' in result) || result.peer === undefined) return [];
  const setting = settingOf(result);
  const row = (work: string, oursMs: number, peer: PeerFigures): Row => ({ work, setting, oursMs, peer });
  switch (result.what) {
    case 'conv3d':
      return result.rows.map(({ layer, ms, peer }) => row(`conv3d ${layer}, batch ${result.batch}`, ms.median, peer!));
    case 'train-step':
      return [row(`training step of ${result.model}, batch ${result.batch}`, result.ms.median, result.peer)];
    case 'predict':
      return [row(`network over ${result.videoSec} s of video`, 1000 * result.seconds.network, result.peer)];
    default:
      return result satisfies never;
  }
}

function settingOf({ engine, device, threads, wide, precision }: BenchHead): string {
  const kernels = `${threads} threads, ${wide ? '256-bit kernels' : "V8's stock flags"}`;
  return engine === 'wasm' ? `wasm, ${device}, ${kernels}` : `${engine}, ${device}, ${precision}`;
}

function tableOf(rows: readonly Row[]): string {
  const sorted = rows.toSorted((a, b) => a.setting.localeCompare(b.setting));
  const cells = sorted.map(({ work, setting, oursMs, peer }) => [
    ...[work, setting, oursMs.toFixed(1), peer.name, peer.ms.median.toFixed(1), peer.ratio.toFixed(2)],
  ]);
  return markdown([COLUMNS, ...cells]);
}

function markdown([head, ...rows]: string[][]): string {
  const lines = [head!, head!.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return lines.join('\n');
}

function writeBetweenMarks(file: string, text: string): void {
  const [before, rest] = readFileSync(file, 'utf8').split(MARKS[0]) as [string, string?];
  const after = rest?.split(MARKS[1])[1];
  if (after === undefined) throw new Error(`${file}: the marks ${MARKS.join(' and ')} are not there`);
  writeFileSync(file, `${before}${MARKS[0]}\n\n${text}\n\n${MARKS[1]}${after}`);
}
