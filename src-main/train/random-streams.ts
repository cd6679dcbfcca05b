import { z } from 'zod';
import { Rng, type RngState } from '../data/rng.ts';

/** What a run draws at random, each from a stream of its own, so that one use does not move another. */
const PURPOSES = ['init', 'order', 'clips', 'augmentation', 'dropout', 'validation'] as const;
export type Purpose = (typeof PURPOSES)[number];

export type RandomStreams = Record<Purpose, Rng>;

const word = z.number().int();
export const streamStatesSchema = z.record(z.enum(PURPOSES), z.tuple([word, word, word, word]));
export type StreamStates = z.infer<typeof streamStatesSchema>;

export function openStreams(seed: number): RandomStreams {
  const root = new Rng(seed);
  return eachPurpose((purpose) => root.fork(purpose));
}

export function restoreStreams(states: StreamStates): RandomStreams {
  return eachPurpose((purpose) => new Rng(states[purpose]));
}

export function streamStates(streams: RandomStreams): Record<Purpose, RngState> {
  return eachPurpose((purpose) => streams[purpose].state);
}

function eachPurpose<T>(make: (purpose: Purpose) => T): Record<Purpose, T> {
  return Object.fromEntries(PURPOSES.map((purpose) => [purpose, make(purpose)])) as Record<Purpose, T>;
}
