import type { FaceState } from './action-units.ts';
import type { Gaze } from './eyes.ts';
import type { HeadPose } from './pose.ts';

/** Everything that changes from one frame to the next. */
export type FrameState = {
  face: FaceState;
  pose: HeadPose;
  gaze: Gaze;
  /** 0 open, 1 shut. */
  blink: number;
  /** Factor of all light. */
  exposure: number;
  /** Where the camera has wandered to, in pixels. */
  shake: { x: number; y: number };
};
