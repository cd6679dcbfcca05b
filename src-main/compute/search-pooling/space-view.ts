import { forwardFlops } from '../../../models/network.ts';
import { poolingText } from '../../../models/pooling-configuration.ts';
import type { SearchableCard } from '../../../models/searchable-network.ts';
import type { ResolvedConfig } from '../../contract/config.ts';
import { failureOf } from '../../contract/rpc.ts';
import type { SearchPlan, SpaceView } from '../../contract/window/pooling-search.ts';
import type { Project } from '../../store/project.ts';
import { configurationJson, notationOf, searchSpace } from '../../train/pooling-search/search-space.ts';
import { searchableCardOf, searchConfigs } from './configs.ts';
import { featureMaps } from './networks.ts';
import { classesOf, splitOf } from '../train.ts';

/** All configurations of a network, with their cost and the sizes of their feature maps. */
export function spaceView(card: SearchableCard, config: ResolvedConfig, classes: number): SpaceView {
  const space = searchSpace(card.pooling);
  const { cropSize, clipFrames: frames, dropout } = config;
  const options = { classes, cropSize, clipFrames: frames, dropout };
  return {
    notation: notationOf(space),
    configurations: space.configurations.map((configuration) => {
      const poolAt = poolingText(configuration);
      const gflops = forwardFlops(card.create({ ...options, poolAt }), 1, frames) / 1e9;
      const maps = featureMaps({ card, options, frames }, configuration);
      return { configuration: configurationJson(space, configuration), poolAt, gflops, maps };
    }),
    defaultIndex: space.defaultIndex,
    input: { frames, side: cropSize },
  };
}

/** What a search with these settings would choose from; what is wrong with them is told as `problem`. */
export function searchPlan(project: Project, { model, set }: { model: string; set: string[] }): SearchPlan {
  let space: SpaceView | null = null;
  try {
    const asked = { images: null, epochs: null, aloneEpochs: null, seed: 1 };
    const { alone } = searchConfigs({ ...asked, model, set });
    const classes = classesOf(project);
    space = spaceView(searchableCardOf(model), alone, classes.length);
    splitOf(project, project.listVideos(), alone);
    return { problem: null, space };
  } catch (error) {
    return { problem: failureOf(error), space };
  }
}
