import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BenchOptions, Conv3dBenchOptions, TrainStepBenchOptions } from '../../../src-main/contract/bench.ts';
import { convLayers } from '../../../src-main/compute/bench-conv3d.ts';
import { figuresOf, floorMs } from '../../../src-main/compute/bench-figures.ts';
import { measureWasmPeak } from '../../../src-main/compute/bench-peak-wasm.ts';
import { peerSetting, startPeer } from '../../../src-main/compute/bench-peer.ts';
import { freshNetwork, labelVideo } from '../../../src-main/compute/bench-predict.ts';
import { leastOf, pairedRounds, peerFigures, spreadOf } from '../../../src-main/compute/bench-rounds.ts';
import { benchJob } from '../../../src-main/compute/bench.ts';
import { modelCard } from '../../../models/index.ts';
import { clipPositions } from '../../../src-main/data/clip-positions.ts';
import { parseConfig } from '../../../src-main/data/config-resolution.ts';
import { networkPasses } from '../../../src-main/data/network-passes.ts';
import { openEngine } from '../../../src-main/engine/select.ts';
import { temporaryFolder } from '../../support/media-fixtures.ts';
import { CLOSE, FURTHER, panOver, readPhoto } from '../face/photo-clip.ts';
import { makeVideo } from './prepare-fixtures.ts';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => remove());

const setting = { engine: 'wasm', threads: 1, wide: false, precision: 'float32', rounds: 1, save: null } as const;
const conv3d = (more: Partial<Conv3dBenchOptions>): BenchOptions => ({
  ...{ ...setting, what: 'conv3d', model: null, batch: 1, layers: ['2x4x4,3-8'], peer: null },
  ...more,
});
const trainStep = (more: Partial<TrainStepBenchOptions>): BenchOptions => ({
  ...{ ...setting, what: 'train-step', model: 'small3d', batch: 1, peer: null, set: [], stock: false },
  ...more,
});

/** An executable that PYTHON can name. */
async function program(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  await chmod(file, 0o755);
  return file;
}

/** Answers like the PyTorch programs: every repetition takes 100 ms, 50 ms of the processor. */
const PEER = `#!${process.execPath}
let first = true;
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { repeats } = JSON.parse(line);
  console.log(JSON.stringify(first ? { name: 'Stub 1.0' } : { times: Array(repeats).fill([100, 50]) }));
  first = false;
});`;

describe('figures', () => {
  it('come from the least of the repetitions, and their spread over the rounds', () => {
    const times = [
      { wallMs: 5, cpuMs: 7 },
      { wallMs: 4, cpuMs: 9 },
    ];
    expect(leastOf(times)).toEqual({ wallMs: 4, cpuMs: 7 });
    expect(spreadOf([9, 1, 5, 3, 7, 2, 8, 4, 6, 0, 10])).toEqual({ median: 5, p10: 1, p90: 9 });
  });

  it('compare with a peer round by round: above 1 we are faster', () => {
    const { ratio, ratioP10, ratioP90, ms } = peerFigures('Stub', [10, 20, 40], [20, 20, 20]);
    expect([ratioP10, ratio, ratioP90]).toEqual([0.5, 1, 2]);
    expect(ms).toEqual({ median: 20, p10: 20, p90: 20 });
  });

  it('set the time of operations or bytes, whichever is longer at the peak, against the measured time', () => {
    const peak = { gflops: 100, gigabytesPerSecond: 10 };
    expect(floorMs({ operations: 1e9, bytes: 1e6 }, peak)).toBe(10);
    expect(floorMs({ operations: 1e6, bytes: 1e9 }, peak)).toBe(100);
    const load = { operations: 1e9, bytes: 1e6 };
    const figures = figuresOf([40, 40, 40], { clips: 8, load, peak });
    expect(figures).toEqual({
      ...{ ms: { median: 40, p10: 40, p90: 40 }, clipsPerSecond: 200, gflops: 25, tflops: 0.025, shareOfFloor: 0.25 },
    });
    expect(figuresOf([40], { clips: 8, load, peak: null }).shareOfFloor).toBeNull();
  });

  it('are measured in turns, each side first in every other round, after one that does not count', async () => {
    const order: string[] = [];
    const side = (name: string) => () => {
      order.push(name);
      return Promise.resolve({ wallMs: order.length, cpuMs: 0 });
    };
    const times = await pairedRounds(2, { ours: side('ours'), peer: side('peer') }, {});
    expect(order).toEqual(['ours', 'peer', 'ours', 'peer', 'peer', 'ours']);
    expect(times.ours.map(({ wallMs }) => wallMs)).toEqual([3, 6]);
    expect(times.peer.map(({ wallMs }) => wallMs)).toEqual([4, 5]);
  });

  it('rest on a peak of the CPU engine only', async () => {
    const features = { relaxedSimd: true, sharedMemory: true, wide: false };
    const info = { name: 'wasm', device: '', why: '', threads: 1, features } as const;
    const peak = await measureWasmPeak(info);
    expect(peak.gflops).toBeGreaterThan(1);
    expect(peak.gigabytesPerSecond).toBeGreaterThan(0.1);
  });
});

describe('layers to measure', () => {
  it('are those of a network, with its sizes, taps and strides', () => {
    const [stem] = convLayers({ model: 'r3d18', batch: 2, layers: ['stem.conv'] });
    expect(stem).toEqual({
      ...{ name: 'stem.conv', input: [2, 16, 112, 112, 3], output: [2, 16, 56, 56, 64] },
      ...{ taps: [3, 7, 7], strides: [1, 2, 2] },
    });
    const names = convLayers({ model: 'small3d', batch: 8, layers: [] }).map(({ name }) => name);
    expect(names).toEqual(['conv1', 'conv2', 'conv3', 'conv4']);
  });

  it('can be given by their sizes', () => {
    const [layer] = convLayers({ model: null, batch: 4, layers: ['16x24x20,16-32'] });
    expect(layer).toMatchObject({ input: [4, 16, 24, 20, 16], output: [4, 16, 24, 20, 32], strides: [1, 1, 1] });
  });
});

describe('bench conv3d', () => {
  it('gives one object with every figure, for all layers and for each', async () => {
    const result = await benchJob(conv3d({ layers: ['2x4x4,3-8', '2x5x5,8-8'], batch: 3 }), null);
    expect(result).toMatchObject({ what: 'conv3d', engine: 'wasm', batch: 3, precision: 'float32', threads: 1 });
    expect(result).not.toHaveProperty('peer');
    const rows = 'rows' in result ? result.rows : [];
    expect(rows.map(({ layer }) => layer)).toEqual(['2x4x4,3-8', '2x5x5,8-8']);
    for (const { ms, cpuMs, clipsPerSecond, gflops, shareOfFloor } of [...rows, { ...result, cpuMs: rows[0]!.cpuMs }]) {
      for (const value of [ms.median, ms.p10, ms.p90, clipsPerSecond, gflops, shareOfFloor, cpuMs.median])
        expect(value).toBeGreaterThan(0);
    }
    expect(result.ms.median).toBeCloseTo(rows[0]!.ms.median + rows[1]!.ms.median, 1);
  });

  it('names the layer where there is one, and writes the result with machine and date', async () => {
    const save = path.join(folder, 'results');
    const result = await benchJob(conv3d({ save }), null);
    expect(result).toHaveProperty('layer', '2x4x4,3-8');
    const [name] = await readdir(save);
    expect(name).toBe('conv3d-2x4x4,3-8-wasm-narrow-1t.json');
    const saved = JSON.parse(await readFile(path.join(save, name!), 'utf8')) as typeof result;
    expect(saved).toEqual(result);
    expect(saved.machine.node).toBe(process.version);
    expect(Date.parse(saved.date)).not.toBeNaN();
  });

  it('refuses unknown layers and models in words', async () => {
    const unknown = { code: 'usage', message: "There is no layer 'conv9' in small3d." };
    await expect(benchJob(conv3d({ model: 'small3d', layers: ['conv9'] }), null)).rejects.toMatchObject(unknown);
    await expect(benchJob(conv3d({ layers: ['16x48x48'] }), null)).rejects.toMatchObject({ code: 'usage' });
    await expect(benchJob(conv3d({ model: 'gpt' }), null)).rejects.toMatchObject({ code: 'bad-config' });
  });
});

describe('the peer', () => {
  const cpu = { device: 'cpu', precision: 'ieee', threads: 1 } as const;

  it('runs beside ours and is compared with it', async () => {
    vi.stubEnv('PYTHON', await program('peer', PEER));
    const result = await benchJob(trainStep({ peer: 'usual' }), null);
    const { peer } = result;
    expect(peer).toMatchObject({ name: 'Stub 1.0', ms: { median: 100, p10: 100, p90: 100 } });
    expect(peer!.ratio).toBeCloseTo(100 / result.ms.median, 1);
  });

  it('is asked for in words where Python or PyTorch is missing', async () => {
    vi.stubEnv('PYTHON', path.join(folder, 'no-python'));
    await expect(startPeer('conv3d.py', cpu)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('no-python') as string,
      hint: expect.stringContaining('python3-torch') as string,
    });
    const bare = `#!/bin/sh\necho "ModuleNotFoundError: No module named 'torch'" >&2\nexit 1\n`;
    vi.stubEnv('PYTHON', await program('bare-python', bare));
    await expect(startPeer('conv3d.py', cpu)).rejects.toMatchObject({
      message: expect.stringContaining("No module named 'torch'") as string,
    });
  });

  it('is named where it ends in the middle', async () => {
    const ending = PEER.replace('first = false;', 'process.exit();');
    vi.stubEnv('PYTHON', await program('ending-peer', ending));
    const peer = await startPeer('conv3d.py', cpu);
    const failure = { code: 'engine-unavailable', message: expect.stringContaining('Stub 1.0 ended') as string };
    await expect(peer.ask({ repeats: 1 })).rejects.toMatchObject(failure);
  });

  it('computes on the same kind of processor, with as many threads', () => {
    const wasm = { engine: 'wasm', threads: 2, software: false };
    const gpu = { engine: 'webgpu', threads: 1, software: false };
    expect(peerSetting(wasm, 'usual')).toEqual({ device: 'cpu', precision: 'ieee', threads: 2 });
    expect(peerSetting({ ...gpu, software: true }, 'usual')).toMatchObject({ device: 'cpu', precision: 'ieee' });
    expect(peerSetting(gpu, 'usual')).toMatchObject({ device: 'cuda', precision: 'tf32' });
    expect(peerSetting(gpu, 'f16')).toMatchObject({ device: 'cuda', precision: 'f16' });
    expect(() => peerSetting(wasm, 'f16')).toThrowError(/--peer f16: PyTorch has it on a GPU only/);
  });

  it('is refused for networks that it does not know', async () => {
    const refusal = { code: 'usage', message: 'There is no pooled3d in PyTorch to compare with.' };
    await expect(benchJob(trainStep({ model: 'pooled3d', peer: 'usual' }), null)).rejects.toMatchObject(refusal);
  });
});

describe('bench predict', () => {
  it('puts no frame of a video through the network twice, and tells where the time goes', async () => {
    const frames = 30;
    const video = await makeVideo(folder, 'pan', panOver(await readPhoto(6), { from: CLOSE, to: FURTHER }, frames));
    const engine = await openEngine({ engine: 'wasm', threads: 1, wide: false });
    try {
      const network = freshNetwork(parseConfig({}, ['model=small3d']));
      const startMs = performance.now();
      const labelling = await labelVideo(network, { video: video.path, folder }, {});
      const wholeSec = (performance.now() - startMs) / 1000;
      expect(labelling).toMatchObject({ frames, positions: frames - 16 + 1, passes: [frames] });
      const parts = Object.values(labelling.seconds);
      for (const part of parts) expect(part).toBeGreaterThan(0);
      const sum = parts.reduce((a, b) => a + b);
      expect(sum).toBeLessThanOrEqual(wholeSec);
      expect(sum).toBeGreaterThan(0.9 * wholeSec);
    } finally {
      await engine.close();
    }
  });

  it('needs 1,516 frames for the 1,485 clips of a minute: each once, and the overlap of three passes', () => {
    const positions = clipPositions({ runs: [{ start: 0, end: 1500 }] }, 16);
    const passes = networkPasses(modelCard('small3d'), positions, 48);
    expect(positions.starts).toHaveLength(1485);
    expect(passes.map((pass) => pass.frames)).toHaveLength(3);
    expect(passes.reduce((sum, pass) => sum + pass.frames, 0)).toBe(1500 + 2 * 2 * 4);
    expect(passes.reduce((sum, { keep }) => sum + keep.rows, 0)).toBe(1500);
  });
});
