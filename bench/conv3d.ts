/**
 * conv3d forward and both gradients of the CPU engine, against PyTorch (bench/peers/conv3d.py, Debian's python3-torch)
 * in the same run with --peer: paired rounds in alternating order. `ms` is wall time; `cpuMs` is processor time of all
 * threads, which holds on a busy machine too. Ratios above 1 mean that we are faster.
 *
 *   node bench/conv3d.ts [--threads 2] [--rounds 7] [--repeats 3] [--narrow] [--peer] [--save]
 */
import { parseArgs } from 'node:util';
import { grads, tensor, tidy, type Tensor, type Tensor1D, type Tensor5D } from '@tensorflow/tfjs-core';
import { conv3d } from '../models/ops/conv3d.ts';
import { Rng } from '../src-main/data/rng.ts';
import { openWasmBackend } from '../src-main/engine/wasm/register.ts';
import { startPeer, type Peer } from './peer.ts';
import { publishResult } from './save-result.ts';
import { spread } from './spread.ts';

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '7' },
    repeats: { type: 'string', default: '3' },
    narrow: { type: 'boolean', default: false },
    peer: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
  },
});
const [threads, rounds, repeats] = [Number(values.threads), Number(values.rounds), Number(values.repeats)];

/** [n,t,h,w,c,o] of the layers of a small video network. */
const LAYERS = [
  [8, 16, 48, 48, 3, 16],
  [8, 16, 24, 24, 16, 32],
  [8, 16, 12, 12, 32, 64],
  [8, 8, 12, 12, 64, 128],
];
const OPTIONS = { strides: [1, 1, 1], pad: 'same', relu: false } as const;

/** Wall and processor milliseconds. */
type Times = [number, number][];
type Runner = (layer: number[]) => Promise<Times>;

const rng = new Rng(1);
const normal = (shape: number[]) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => rng.normal()),
    shape,
  );

function ourRunner(): Runner {
  const operands = new Map<string, Tensor[]>();
  return async (layer) => {
    const [n, t, h, w, c, o] = layer as [number, number, number, number, number, number];
    const key = layer.join();
    if (!operands.has(key))
      operands.set(key, [normal([n, t, h, w, c]), normal([3, 3, 3, c, o]), normal([o]), normal([n, t, h, w, o])]);
    const [x, filter, bias, dy] = operands.get(key)!;
    const convolve = (...args: Tensor[]) =>
      conv3d(args[0] as Tensor5D, args[1] as Tensor5D, args[2] as Tensor1D, { ...OPTIONS, strides: [1, 1, 1] });
    return Array.from({ length: repeats }, () =>
      timed(() => tidy(() => void grads(convolve)([x!, filter!, bias!], dy))),
    );
  };
}

function timed(work: () => void): [number, number] {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  work();
  const { user, system } = process.cpuUsage(cpu);
  return [performance.now() - wall, (user + system) / 1000];
}

/** Times a layer in the peer. */
const peerRunner =
  (peer: Peer): Runner =>
  async (shape) =>
    ((await peer.ask({ shape, repeats })) as { times: Times }).times;

/** The best of the repeats of a round. */
const best = (times: Times, index: 0 | 1) => Math.min(...times.map((pair) => pair[index]));

async function measure(layer: number[], ours: Runner, peer: Peer | null) {
  const theirs = peer && peerRunner(peer);
  const own: Times = [];
  const others: Times = [];
  await ours(layer);
  await theirs?.(layer);
  for (let round = 0; round < rounds; round++) {
    const runOurs = async () => own.push(bestOf(await ours(layer)));
    const runPeer = async () => theirs && others.push(bestOf(await theirs(layer)));
    for (const run of round % 2 === 0 ? [runOurs, runPeer] : [runPeer, runOurs]) await run();
  }
  const column = (times: Times, index: 0 | 1) => spread(times.map((pair) => pair[index]));
  const [n, t, h, w, c, o] = layer as [number, number, number, number, number, number];
  const ms = column(own, 0);
  const result = {
    layer: `${n},${t},${h},${w},${c}->${o}`,
    ms,
    cpuMs: column(own, 1),
    gflops: Math.round((3 * 2 * 27 * n * t * h * w * c * o) / ms.median / 1e6),
  };
  if (peer === null) return result;
  const ratio = (index: 0 | 1) => spread(own.map((pair, i) => others[i]![index] / pair[index]));
  return { ...result, peer: { name: peer.name, ms: column(others, 0), ratio: ratio(0), cpuRatio: ratio(1) } };
}

function bestOf(times: Times): [number, number] {
  return [best(times, 0), best(times, 1)];
}

const engine = await openWasmBackend({ threads, wide: !values.narrow });
const peer = values.peer ? await startPeer('conv3d.py', { threads }) : null;
const ours = ourRunner();
const layers = [];
for (const layer of LAYERS) layers.push(await measure(layer, ours, peer));
peer?.close();
const { wide } = engine.features;
await publishResult(`conv3d-${wide === true ? 'wide' : 'narrow'}-${threads}t`, { threads, wide, layers }, values.save);
await engine.close();
