/**
 * What a run knows of a training video: `moment`, when its label shows; `label`, that of the whole video alone; `none`,
 * nothing.
 */
export type Supervision = 'moment' | 'label' | 'none';

/** Ids of training videos by what a run knows of them. */
export type SupervisionSets = Record<Supervision, string[]>;
