/** What makes the sample videos hard. Shares are of a video's length, rates are events a second, strengths of 1 are full. */
export type Difficulty = {
  /** Length of a video in seconds. */
  durationSec: readonly [number, number];
  /** Share of a video during which the expression is above half of its height. */
  momentShare: readonly [number, number];
  /** Seconds from rest to the full expression, and back. */
  onsetSec: readonly [number, number];
  offsetSec: readonly [number, number];
  /** Height of an expression. */
  intensity: readonly [number, number];
  /** Largest relative change of a single movement within an expression, by person and by video. */
  styleSpread: number;
  /** Weak movements that are no expression (a raised brow, pressed lips), outside the moment. */
  distractorsPerSec: number;
  distractorStrength: readonly [number, number];
  distractorSec: readonly [number, number];
  /** Share of videos with talking, and how long a burst of it is. */
  talkingShare: number;
  talkingSec: readonly [number, number];
  blinksPerSec: number;
  /** Largest usual turns of the head in radians: standard deviation of a slow wander. */
  yaw: number;
  pitch: number;
  roll: number;
  /** Camera shake in pixels and change of light, standard deviations of slow wanders. */
  shakePixels: number;
  lightChange: number;
};

export const DEFAULT_DIFFICULTY: Difficulty = {
  durationSec: [3, 5],
  momentShare: [0.22, 0.35],
  onsetSec: [0.2, 0.4],
  offsetSec: [0.25, 0.5],
  intensity: [0.9, 1.15],
  styleSpread: 0.12,
  distractorsPerSec: 0.55,
  distractorStrength: [0.25, 0.5],
  distractorSec: [0.3, 0.7],
  talkingShare: 0.6,
  talkingSec: [0.5, 1.4],
  blinksPerSec: 0.35,
  yaw: 0.1,
  pitch: 0.05,
  roll: 0.04,
  shakePixels: 0.8,
  lightChange: 0.05,
};
