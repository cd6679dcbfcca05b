import type { ModelOptions } from '../../models/types.ts';
import type { ResolvedConfig } from '../contract/config.ts';

/** What the settings of a run say of its network. */
export function modelOptions(config: ResolvedConfig, classes: number): ModelOptions {
  const { cropSize, clipFrames, dropout, poolAt, modelWidth: width, frameNorm, attention } = config;
  return { classes, cropSize, clipFrames, dropout, poolAt, width, frameNorm, attention };
}
