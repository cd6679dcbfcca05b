import type { VideoVerdict } from '../../src-main/contract/window/library.ts';

/** Why the heaviest moment of a video speaks against its label. */
export function contradictionText({ shows, reason }: NonNullable<VideoVerdict['contradiction']>): string {
  return reason === 'other-expression'
    ? `Its heaviest moment alone shows ${shows}.`
    : 'Its heaviest moment lies outside the labelled moment.';
}
