import { c3d } from './c3d.ts';
import type { NetworkCard } from './network.ts';

/**
 * C3D trained as multiple-instance learning, after Vielzeuf, Pateux, Jurie (2017), "Temporal Multimodal Fusion for Video
 * Emotion Classification in the Wild": the same network as `c3d`; what differs is the loss, in which the clips of a video
 * count by their own probability of its label.
 */
export const c3dWeighted: NetworkCard = {
  ...c3d,
  name: 'c3d-weighted',
  title: 'C3D with weighted clips',
  source: 'after Vielzeuf et al. 2017',
  clipLoss: 'own-probability',
};
