import type { AugmentedClip } from '../../src-main/contract/window/augmentation.ts';

/** Clips as addresses of pictures with their frames side by side. */
export type ShownClip = Omit<AugmentedClip, 'original' | 'augmented'> & { original: string; augmented: string[] };

/** Clips that are shown now; the pictures of those before are given back. */
export class ClipStrips {
  clips = $state.raw<readonly ShownClip[]>([]);

  show(clips: readonly AugmentedClip[]): void {
    const before = this.clips;
    this.clips = clips.map((clip) => ({
      ...clip,
      original: addressOf(clip.original),
      augmented: clip.augmented.map(addressOf),
    }));
    revoke(before);
  }

  clear(): void {
    const before = this.clips;
    this.clips = [];
    revoke(before);
  }
}

function addressOf(jpeg: Uint8Array): string {
  return URL.createObjectURL(new Blob([new Uint8Array(jpeg)], { type: 'image/jpeg' }));
}

function revoke(clips: readonly ShownClip[]): void {
  for (const { original, augmented } of clips) [original, ...augmented].forEach((url) => URL.revokeObjectURL(url));
}
