/**
 * Turns the measurements in bench/results that stand beside PyTorch into one table of ratios: bench/results/README.md,
 * and the part of README.md between the two marks.
 *
 *   node bench/report.ts
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BenchHead, Conv3dBench, PeerFigures, PredictBench, TrainStepBench } from '../src-main/contract/bench.ts';

type Result = Conv3dBench | TrainStepBench | PredictBench;
type Row = { work: string; setting: string; oursMs: number; peer: PeerFigures };

const root = path.join(import.meta.dirname, '..');
const results = path.join(root, 'bench/results');
const MARKS = ['<!-- made by bench/report.ts -->', '<!-- end -->'] as const;
const COLUMNS = ['work', 'engine', 'ours, ms', 'peer', 'its ms', 'ratio'];

const table = tableOf(
  readdirSync(results)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(path.join(results, file), 'utf8')) as Partial<Result>)
    .flatMap((result) => rowsOf(result as Result)),
);
const intro = 'Beside PyTorch, in turns in one run; ratio = its time / ours, above 1 Apexscope is faster.';
writeFileSync(
  path.join(results, 'README.md'),
  `# Measured\n\n${intro} Made by \`node bench/report.ts\`.\n\n${table}\n`,
);
writeBetweenMarks(path.join(root, 'README.md'), table);

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
  const lines = [COLUMNS, COLUMNS.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`);
  return lines.join('\n');
}

function writeBetweenMarks(file: string, text: string): void {
  const [before, rest] = readFileSync(file, 'utf8').split(MARKS[0]) as [string, string?];
  const after = rest?.split(MARKS[1])[1];
  if (after === undefined) throw new Error(`${file}: the marks ${MARKS.join(' and ')} are not there`);
  writeFileSync(file, `${before}${MARKS[0]}\n\n${text}\n\n${MARKS[1]}${after}`);
}
