/**
 * Whether learned augmentation finds what validation pictures have and training lacks: shifts and rotations by a known
 * amount, pictures and clips, five seeds each (algorithms.md 3.8).
 *
 *   node bench/augmentation-oracle.ts [--seeds 5] [--save]
 */
import { parseArgs } from 'node:util';
import { openEngine } from '../src-main/engine/select.ts';
import {
  NONE,
  shownRotationDeg,
  shownShift,
  trainOracle,
  type Nuisance,
  type OracleTask,
} from '../test/support/toy-augmentation.ts';
import { publishResult } from './save-result.ts';

type Case = { nuisance: Nuisance; frames: number } & Pick<OracleTask, 'network' | 'learned' | 'pictures'>;

const SHIFT = { network: 'translation' } as const;
/** Why a weak pull: what is measured is where the gradient leads, and the pull is to the identity. */
const ROTATION = {
  network: 'rotation',
  pictures: 1200,
  learned: { learningRate: 0.05, weightDecay: 1e-4 },
} as const;
const EPOCHS = 8;
/** Whose mean is what was found. */
const LAST_EPOCHS = 3;

const CASES: Case[] = [1, 3].flatMap((frames): Case[] => [
  ...[-1.5, 1.5].map((shiftX) => ({ ...SHIFT, frames, nuisance: { ...NONE, shiftX } })),
  ...[-25, 25].map((rotationDeg) => ({ ...ROTATION, frames, nuisance: { ...NONE, rotationDeg } })),
]);

async function main(): Promise<void> {
  const options = { seeds: { type: 'string', default: '5' }, save: { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ options });
  const engine = await openEngine({ engine: 'wasm', threads: 1 });
  const results: object[] = [];
  for (const { nuisance, frames, ...rest } of CASES) {
    const found: number[] = [];
    for (let seed = 1; seed <= Number(values.seeds); seed++) {
      const { changes } = await trainOracle({ nuisance, frames, seed, epochs: EPOCHS, ...rest });
      const shown = rest.network === 'rotation' ? shownRotationDeg : shownShift;
      const settled = changes.slice(-LAST_EPOCHS).map(shown);
      found.push(settled.reduce((sum, one) => sum + one / LAST_EPOCHS, 0));
    }
    const result = { frames, wanted: rest.network === 'rotation' ? nuisance.rotationDeg : nuisance.shiftX, found };
    process.stderr.write(`${rest.network} ${JSON.stringify(result)}\n`);
    results.push({ network: rest.network, ...result });
  }
  await engine.close();
  await publishResult('augmentation-oracle', { epochs: EPOCHS, results }, values.save);
}

await main();
