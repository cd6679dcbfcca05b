import { describe, expect, it } from 'vitest';
import type { Conv3dBench } from '../../../src-main/contract/bench.ts';
import { benchLines } from '../../../src-main/cli/commands/bench.ts';
import { runCli, runCliJson } from '../../support/cli.ts';

const QUICK = [
  'bench',
  'conv3d',
  '--layer',
  '2x4x4,3-8',
  '--batch',
  '1',
  '--rounds',
  '1',
  '--threads',
  '1',
  '--narrow',
];

describe('apexscope bench', () => {
  it('writes one JSON object with the fields of the contract', async () => {
    const result = await runCliJson<Conv3dBench>(QUICK);
    const wanted = ['what', 'engine', 'device', 'layer', 'batch', 'precision', 'threads', 'ms', 'clipsPerSecond'];
    expect(Object.keys(result)).toEqual(
      expect.arrayContaining([...wanted, 'gflops', 'tflops', 'shareOfFloor', 'rows']),
    );
    expect(Object.keys(result.ms)).toEqual(['median', 'p10', 'p90']);
    expect(result).toMatchObject({ what: 'conv3d', layer: '2x4x4,3-8', threads: 1, wide: false });
  });

  it.each([
    [['bench'], 'expected conv3d, train-step or predict'],
    [['bench', 'memory'], "got 'memory'"],
    [['bench', 'conv3d', '--precision', 'float16'], 'float32'],
    [['bench', 'conv3d', '--model', 'gpt'], 'gpt'],
  ])('refuses %j as wrong usage', async (args, message) => {
    const { code, stdout, stderr } = await runCli(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('shows a table with columns of equal width without --json', () => {
    const ms = { median: 12.34, p10: 12, p90: 13 };
    const figures = { ms, cpuMs: ms, clipsPerSecond: 8, gflops: 100, tflops: 0.1, shareOfFloor: 0.5 };
    const peer = { name: 'PyTorch', ms, ratio: 1.5, ratioP10: 1.4, ratioP90: 1.6, cpuRatio: 1.5 };
    const lines = benchLines({
      ...{ what: 'conv3d', date: '', engine: 'wasm', device: 'a processor', precision: 'float32', threads: 2 },
      ...{
        machine: { cpu: '', cores: 2, memoryGiB: 1, platform: '', node: '' },
        wide: true,
        software: false,
        peak: null,
        batch: 8,
      },
      ...{ ...figures, peer, rows: [{ layer: 'conv1', ...figures, peer }] },
    });
    expect(lines[0]).toBe('conv3d, batch 8: wasm (a processor), 2 threads, 256-bit kernels, float32');
    expect(lines.slice(2)).toEqual([
      'layer      ms (p10 to p90)  clips/s  GFLOP/s  of floor              PyTorch  ratio',
      'conv1  12.3 (12.0 to 13.0)        8      100      0.50  12.3 (12.0 to 13.0)   1.50',
    ]);
  });
});
