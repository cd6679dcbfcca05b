import type { AnnotatedVideo, Annotation } from '../../../../src-main/data/annotations/segments.ts';

/** 2 s at 29.97 frames a second, with names that every format has to quote. */
export function annotatedVideo(annotations: Partial<Annotation>[]): AnnotatedVideo {
  return {
    id: 'a'.repeat(16),
    path: 'ann & "bob"/clip, 1 <é>.mp4',
    place: '/data/ann & "bob"/clip, 1 <é>.mp4',
    subject: 'p1',
    declaredSplit: 'train',
    durationSec: 2.002,
    frameCount: 60,
    averageFps: 30000 / 1001,
    variableFrameRate: false,
    startSec: 1.4,
    contentHash: 'c'.repeat(64),
    timesSec: Float64Array.from({ length: 60 }, (_, i) => (i * 1001) / 30000),
    annotations: annotations.map((given) => ({
      ...{ rater: null, label: null, rejected: false, moment: null, confidence: null, note: null },
      ...given,
    })),
  };
}
