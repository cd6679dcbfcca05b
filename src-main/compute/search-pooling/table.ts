import path from 'node:path';
import { writeFileAtomic } from '../../store/atomic-write.ts';
import { writeAccuracyTable } from '../../train/pooling-search/accuracy-table.ts';
import type { AloneTrainings } from './alone.ts';
import type { Search } from './setting.ts';
import type { SharedSearch } from './shared.ts';

/**
 * Writes `table.csv`, accuracies on validation in percent, where every configuration was trained alone: other methods can
 * be replayed on it.
 */
export async function writeTable(search: Search, shared: SharedSearch, { finalists }: AloneTrainings): Promise<void> {
  const { space, folder, method } = search;
  if (finalists.length < space.configurations.length) return;
  const ordered = [...finalists].sort((one, other) => one.configuration - other.configuration);
  const percent = (share: number | null) => Number((100 * (share ?? 0)).toFixed(4));
  const scored = method.kind === 'sampling' && shared.accuracies.every((accuracy) => accuracy !== null);
  const table = writeAccuracyTable({
    space,
    standAlone: ordered.map(({ result }) => percent(result.valWar)),
    standardDeviation: null,
    supernet: new Map(scored ? [[method.supernets, shared.accuracies.map(percent)]] : []),
  });
  await writeFileAtomic(path.join(folder.dir, 'table.csv'), table);
}
