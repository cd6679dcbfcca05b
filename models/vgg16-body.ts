/**
 * The convolutions of VGG-16 (Simonyan and Zisserman 2015), of frames or inflated over time: blocks of 2 2 3 3 3
 * convolutions, each block with a pool 1x2x2, so that time is never pooled.
 */
import type { ConvStack } from './conv-stack.ts';
import type { ImportRules } from './network.ts';
import type { Axes3 } from './ops/conv3d.ts';

const SPATIAL_HALF: Axes3 = [1, 2, 2];
const CONVS_OF_BLOCK = [2, 2, 3, 3, 3] as const;
/** Index of each convolution in the `features` of torchvision's vgg16. */
const TORCHVISION_FEATURES = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28] as const;

/** Channels of the published blocks. */
export const VGG16_FILTERS: readonly number[] = [64, 128, 256, 512, 512];

/** @param filters - channels of each block, as many blocks as there are; `taps` [1,3,3] for single frames */
export function vgg16Body({
  filters,
  ...rest
}: Required<Pick<ConvStack, 'taps'>> & Pick<ConvStack, 'frameNorm'> & { filters: readonly number[] }): ConvStack {
  const stages = filters.flatMap((channels, block) =>
    Array.from({ length: CONVS_OF_BLOCK[block] ?? 0 }, (_, conv) => ({
      name: `conv${block + 1}_${conv + 1}`,
      filters: channels,
      ...(conv + 1 === CONVS_OF_BLOCK[block] && { pool: SPATIAL_HALF }),
    })),
  );
  return { stages, pad: 'valid', ...rest };
}

/** Where torchvision's vgg16 keeps these convolutions. */
export function featureRules({ stages, frameNorm }: ConvStack): ImportRules {
  const rules: ImportRules = {};
  stages.forEach(({ name }, i) => {
    const isLast = i === stages.length - 1;
    const from = `features.${TORCHVISION_FEATURES[i]}`;
    rules[`${name}.kernel`] = { from: `${from}.weight`, kind: 'kernel-2d' };
    if (!frameNorm || isLast) rules[`${name}.bias`] = { from: `${from}.bias`, kind: 'bias' };
  });
  return rules;
}
