import type { EngineChoice } from '../../contract/api.ts';
import type { PoolingSearchOptions } from '../../contract/pooling-search.ts';
import type { EngineInfo } from '../../contract/records.ts';
import type { SearchMethod } from '../../train/pooling-search/search-method.ts';
import type { SearchSpace } from '../../train/pooling-search/search-space.ts';
import type { SearchConfigs } from './configs.ts';
import type { SearchData } from './data.ts';
import type { SearchFolder } from './folder.ts';
import type { AppVersions } from '../versions.ts';

export type SearchOptions = PoolingSearchOptions & { engine: EngineChoice; versions: AppVersions };

/** Everything that a search works with. */
export type Search = {
  options: SearchOptions;
  configs: SearchConfigs;
  data: SearchData;
  space: SearchSpace;
  method: SearchMethod;
  folder: SearchFolder;
  engine: EngineInfo;
};
