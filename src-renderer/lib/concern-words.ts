import type { Concern } from './library-filter.ts';

/** What is amiss with a video, as the Library says it. */
export const CONCERN_WORDS = {
  missing: 'file has gone',
  quarantine: 'in quarantine',
  unprepared: 'not prepared',
  'no-face': 'no face found',
  'few-faces': 'face in under 80 %',
  'several-people': 'several people',
  disagreement: 'moment against label',
  unlabelled: 'unlabelled',
} satisfies Record<Concern, string>;
