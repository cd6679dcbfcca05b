import { readFile } from 'node:fs/promises';
import { initialiseFrom, planInitialisation } from '../../models/initialise-from.ts';
import type { InitialisationPlan, SourceTensor } from '../../models/initialise-from.ts';
import type { Network } from '../../models/network.ts';
import type { Model, Variables } from '../../models/types.ts';
import { AppError } from '../contract/errors.ts';
import { readSafetensors } from '../store/safetensors.ts';

/** Puts the weights of a file into fresh variables, and what it took from the file. */
export type InitialWeights = { initialise: (model: Model, fresh: Variables) => void; plan: InitialisationPlan };

/**
 * Reads 2D or 3D weights to start from.
 * @throws AppError `not-found`, `corrupt`, or `bad-config` when the file does not fit the network
 */
export async function readInitialWeights(file: string, network: Network): Promise<InitialWeights> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new AppError('not-found', `initialWeights: cannot read '${file}'.`, { cause, hint: 'Check the path.' });
  });
  const source = readSafetensors(bytes, file).tensors as Record<string, SourceTensor>;
  const plan = planInitialisation(network, source);
  const wrong = plan.mismatched[0];
  if (wrong) {
    const shapes = `expected [${wrong.expected.join(',')}], found [${wrong.found.join(',')}]`;
    throw new AppError(
      'bad-config',
      `initialWeights: ${wrong.from} of '${file}' does not fit ${wrong.name}: ${shapes}.`,
    );
  }
  if (Object.keys(plan.used).length === 0)
    throw new AppError('bad-config', `initialWeights: '${file}' holds no tensor of this network.`, {
      hint: 'Expected our own parameter names, or those of torchvision for vgg16-3d.',
    });
  return { initialise: (_, fresh) => initialiseFrom(fresh, plan, source), plan };
}
