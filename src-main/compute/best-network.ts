import { modelCard } from '../../models/index.ts';
import type { ResolvedConfig } from '../contract/config.ts';
import { modelOptions } from '../data/model-options.ts';
import type { ModelInstance } from '../data/network-passes.ts';
import { variablesFromValues } from '../data/stored-variables.ts';
import { openRunFolder } from '../store/run-folder.ts';
import { disposeNamed } from '../train/named-tensors.ts';

/**
 * Puts the best network of a run on the open engine for as long as `use` takes.
 * @param name - of the run's folder in `dir`
 * @throws AppError `not-found`, `corrupt`
 */
export async function withBestNetwork<T>(
  name: string,
  { dir, classes }: { dir: string; classes: readonly string[] },
  use: (instance: ModelInstance, config: ResolvedConfig) => Promise<T>,
): Promise<T> {
  const run = await openRunFolder(dir, name);
  try {
    const best = (await run.readCheckpoint('best'))!;
    const { config } = run;
    const card = modelCard(config.model);
    const model = card.create(modelOptions(config, classes.length));
    const variables = variablesFromValues(model, best.tensors, `checkpoint-best of ${name}`);
    try {
      return await use({ card, model, variables }, config);
    } finally {
      disposeNamed({ ...variables.params, ...variables.buffers });
    }
  } finally {
    await run.close();
  }
}
