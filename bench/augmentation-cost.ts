/**
 * Cost of a training step whose augmentation is learned, over one of plain training: the same network, batch and engine,
 * in turn, the median of the steps, by the clock and in processor time (which other work on the machine hardly moves, but
 * which does not see what threads gain). The paper reports 5.3 (algorithms.md 3.5).
 *
 *   node bench/augmentation-cost.ts [--model small3d] [--batch 4] [--frames 16] [--steps 12] [--engine wasm] [--save]
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { modelCard } from '../models/index.ts';
import type { EngineChoice } from '../src-main/contract/api.ts';
import { parseConfig, resolveConfig } from '../src-main/data/config-resolution.ts';
import { Rng } from '../src-main/data/rng.ts';
import { openEngine } from '../src-main/engine/select.ts';
import { learnedAugmentation } from '../src-main/train/augmentation/learned-augmentation.ts';
import { temporalWeights } from '../src-main/train/temporal-weights/methods.ts';
import { trainRun } from '../src-main/train/training-loop.ts';
import { ArrayClips, MemorySink, toyVideo } from '../test/support/toy-training.ts';
import { publishResult } from './save-result.ts';

const OPTIONS = {
  model: { type: 'string', default: 'small3d' },
  batch: { type: 'string', default: '4' },
  frames: { type: 'string', default: '16' },
  steps: { type: 'string', default: '12' },
  engine: { type: 'string', default: 'wasm' },
  save: { type: 'boolean', default: false },
} as const;

/** Milliseconds, by the clock and of all threads. */
type Stamp = { wall: number; processor: number };

function stamp(): Stamp {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), processor: (user + system) / 1000 };
}

/** Notes when each step ends. */
class TimedSink extends MemorySink {
  readonly times: Stamp[] = [];

  override appendMetrics(record: Parameters<MemorySink['appendMetrics']>[0]): Promise<void> {
    if (record.kind === 'step') this.times.push(stamp());
    return super.appendMetrics(record);
  }

  /** Between steps, without the first two, which warm up. */
  get durations(): Stamp[] {
    return this.times.slice(3).map(({ wall, processor }, i) => {
      const before = this.times[i + 2]!;
      return { wall: wall - before.wall, processor: processor - before.processor };
    });
  }
}

function runOf(values: { model: string; batch: string; frames: string; steps: string }) {
  const pairs = [`model=${values.model}`, `clipFrames=${values.frames}`, `batch=${values.batch}`, 'epochs=1'];
  const sgd = ['pooling=average', 'optimizer=sgd', 'learningRate=0.01', 'augmentation=none'];
  const card = modelCard(values.model);
  const config = resolveConfig(parseConfig({}, [...pairs, ...sgd]), card);
  const rng = new Rng(1);
  const pictures = new Map<string, Uint8Array>();
  const make = (id: string, i: number) => {
    const bytes = config.clipFrames * config.cropSize ** 2 * 3;
    pictures.set(
      id,
      Uint8Array.from({ length: bytes }, () => rng.integer(256)),
    );
    return toyVideo(id, config.clipFrames, { label: i % 7 });
  };
  const count = config.batch * Number(values.steps);
  const trainVideos = Array.from({ length: count }, (_, i) => make(`train${i}`, i));
  const valVideos = Array.from({ length: config.batch }, (_, i) => make(`val${i}`, i));
  const classes = Array.from({ length: 7 }, (_, k) => String(k));
  return { config, card, classes, trainVideos, valVideos, clips: new ArrayClips(pictures) };
}

const median = (numbers: number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  const engine = await openEngine({ engine: values.engine as EngineChoice, threads: 0 });
  const run = runOf(values);
  const problems = (['affine', 'affine-color'] as const).map((network) => {
    const setting = { network, goal: 'validation', flip: true, seed: 1, learningRate: 0.2 } as const;
    const problem = learnedAugmentation(temporalWeights(run.config), { ...setting, momentum: 0.9, weightDecay: 0.01 });
    return { name: network as string, problem };
  });
  const steps: Record<string, Stamp[]> = {};
  const measure = async (name: string, problem = temporalWeights(run.config)) => {
    const sink = new TimedSink();
    await trainRun({ ...run, problem, sink });
    (steps[name] ??= []).push(...sink.durations);
  };
  for (let round = 0; round < 2; round++) {
    await measure('plain');
    for (const { name, problem } of problems) await measure(name, problem);
  }
  const clocks = (['wall', 'processor'] as const).map((clock) => {
    const milliseconds = Object.fromEntries(
      Object.entries(steps).map(([name, stamps]) => [name, median(stamps.map((one) => one[clock]))]),
    );
    const ratios = problems.map(({ name }) => [name, milliseconds[name]! / milliseconds['plain']!]);
    return [clock, { milliseconds, ratios: Object.fromEntries(ratios) as object }];
  });
  const { model, batch, clipFrames } = run.config;
  const setting = { model, batch, clipFrames, engine: engine.info };
  await engine.close();
  await publishResult('augmentation-cost', { ...setting, ...(Object.fromEntries(clocks) as object) }, values.save);
}

await main();
