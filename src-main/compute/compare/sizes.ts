import type { Model, NetworkSize } from '../../contract/compare.ts';

/**
 * Settings with which two processor cores train a network on the sample project in minutes, from fresh weights: thin, on
 * small pictures, normalised. VGG-16 keeps three blocks under attention, so that a map of 6 x 6 places is left; a joint
 * softmax draws few clips where each is a stack of frames.
 */
const SMALL: Partial<Record<Model, readonly string[]>> = {
  small3d: ['jointSoftmax.drawnClips=4'],
  c3d: ['modelWidth=0.125', 'frameNorm=true', 'cropSize=48', 'jointSoftmax.drawnClips=4'],
  'c3d-weighted': ['modelWidth=0.125', 'frameNorm=true', 'cropSize=48', 'clipsPerVideo=2', 'jointSoftmax.drawnClips=4'],
  'c3d-lstm': ['modelWidth=0.125', 'frameNorm=true', 'cropSize=48'],
  'vgg16-3d': ['modelWidth=0.125', 'frameNorm=true', 'cropSize=64', 'jointSoftmax.drawnClips=4'],
  'spatial-attention': [
    ...['modelWidth=0.25', 'frameNorm=true', 'cropSize=48', 'attention.blocks=3', 'jointSoftmax.drawnClips=16'],
  ],
};

/** As published where that differs from the defaults of `train`: 16 frames of a video (algorithms.md 1.9), pairs of clips. */
const FULL: Partial<Record<Model, readonly string[]>> = {
  'c3d-weighted': ['clipsPerVideo=2'],
  'spatial-attention': ['jointSoftmax.drawnClips=16'],
};

/** Settings of a network in a comparison. */
export function sizeSettings(model: Model, size: NetworkSize): readonly string[] {
  return (size === 'small' ? SMALL : FULL)[model] ?? [];
}
