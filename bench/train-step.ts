/**
 * A whole training step of small3d through the product's own training code (draw, read, augment, forward, backward,
 * optimiser, outer update) on the CPU engine, against PyTorch (bench/peers/train-step.py, Debian's python3-torch) in
 * the same run with --peer: paired rounds in alternating order. Ratios above 1 mean that we are faster.
 *
 *   node bench/train-step.ts [--threads 2] [--batch 8] [--rounds 7] [--repeats 5] [--narrow] [--peer] [--save]
 */
import { parseArgs } from 'node:util';
import { measureTraining } from '../src-main/compute/speed.ts';
import { openEngine } from '../src-main/engine/select.ts';
import { startPeer } from './peer.ts';
import { publishResult } from './save-result.ts';
import { spread } from './spread.ts';

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' },
    batch: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '7' },
    repeats: { type: 'string', default: '5' },
    narrow: { type: 'boolean', default: false },
    peer: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
  },
});
const [threads, batch] = [Number(values.threads), Number(values.batch)];
const [rounds, repeats] = [Number(values.rounds), Number(values.repeats)];

const engine = await openEngine({ engine: 'wasm', threads, wide: !values.narrow });
const first = await measureTraining({ model: 'small3d', batch, steps: 1, warmup: 6 });
const { config, clips, gflop } = first;
const peer = values.peer
  ? await startPeer('train-step.py', {
      ...{ threads, batch, frames: config.clipFrames, size: config.cropSize },
      ...{ classes: 7, dropout: config.dropout },
    })
  : null;
await peer?.ask({ repeats: 3 });

const least = (ms: number[]) => ms.reduce((a, b) => Math.min(a, b));
const ours: number[] = [];
const others: number[] = [];
for (let round = 0; round < rounds; round++) {
  const runOurs = async () => {
    ours.push(least((await measureTraining({ model: 'small3d', batch, steps: repeats, warmup: 2 })).ms));
  };
  const runPeer = async () => {
    if (!peer) return;
    const { times } = (await peer.ask({ repeats })) as { times: [number, number][] };
    others.push(least(times.map(([wall]) => wall)));
  };
  for (const run of round % 2 === 0 ? [runOurs, runPeer] : [runPeer, runOurs]) await run();
}
const ms = spread(ours);
const figures = {
  what: 'train-step',
  engine: 'wasm',
  device: engine.info.device,
  model: 'small3d',
  batch,
  precision: 'float32',
  threads,
  wide: engine.info.features.wide,
  ms,
  clipsPerSecond: Math.round((10_000 * clips) / ms.median) / 10,
  gflops: Math.round((1000 * gflop) / ms.median),
  ...(peer && {
    peer: { name: peer.name, ms: spread(others), ratio: spread(ours.map((own, i) => others[i]! / own)) },
  }),
};
peer?.close();
await engine.close();
await publishResult(`train-step-${values.narrow ? 'narrow' : 'wide'}-${threads}t`, figures, values.save);
