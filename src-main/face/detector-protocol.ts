import type { Box } from '../contract/records.ts';
import type { Picture } from './picture.ts';
import type { Pose } from './pose.ts';

/** A face in a picture. */
export type DetectedFace = {
  /** Upright, forehead to chin, pixels. */
  box: Box;
  /** The tight square of the face, aligned with eyes, nose and mouth. */
  pose: Pose;
  /** Score of the detector that saw it, 0 to 1. */
  confidence: number;
  /** 68 points, x and y interleaved, pixels. */
  landmarks: Float32Array;
};

/** Something that may be a face: its middle in pixels. */
export type Glimpse = { x: number; y: number; score: number };

/** What a worker can be asked, and what it answers. */
export type Questions = {
  /** All faces, with the strong detector. */
  scan: { input: { picture: Picture }; answer: DetectedFace[] };
  /** Where a quick detector, which misses small faces, sees some in the whole picture: is it worth a scan? */
  glance: { input: { picture: Picture }; answer: Glimpse[] };
  /** The face near a known place. */
  follow: { input: { picture: Picture; near: Pose }; answer: DetectedFace | null };
  /** 128 numbers that are close for two pictures of one person; for a square crop of one face. */
  describe: { input: { picture: Picture }; answer: Float32Array };
};

export type QuestionName = keyof Questions;

export type Request = { id: number } & { [Q in QuestionName]: { question: Q } & Questions[Q]['input'] }[QuestionName];

export type Reply = { id: number; answer: unknown } | { id: number; error: string };
