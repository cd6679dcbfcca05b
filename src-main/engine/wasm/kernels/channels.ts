import type { KernelBuilder } from '../assembler/kernel-builder.ts';

/**
 * Runs a body over all channels of a pixel, in groups of `lanes` floats: eight where that divides, else four with a rest.
 * `body(vectors, lanes)` handles `vectors` neighbouring vectors, the last of `lanes` floats; `advance(bytes)` moves its
 * addresses on.
 */
export function forChannels(
  k: KernelBuilder,
  channels: number,
  body: (vectors: number, lanes: number) => void,
  advance: (bytes: number) => void,
): void {
  const vectors = channels % 8 === 0 ? 2 : 1;
  const groups = Math.floor(channels / (vectors * 4));
  const rest = channels - groups * vectors * 4;
  if (groups > 0)
    k.repeat(groups, () => {
      body(vectors, 4);
      advance(vectors * 16);
    });
  if (rest > 0) {
    body(1, rest);
    advance(rest * 4);
  }
}

/**
 * Runs a body over groups of `width` channels, and over what is left: `body(floats)` handles `floats` neighbouring
 * channels, `advance(bytes)` moves its addresses on.
 */
export function forChannelGroups(
  k: KernelBuilder,
  { channels, width }: { channels: number; width: number },
  body: (floats: number) => void,
  advance: (bytes: number) => void,
): void {
  const groups = Math.floor(channels / width);
  if (groups > 0)
    k.repeat(groups, () => {
      body(width);
      advance(width * 4);
    });
  if (channels % width > 0) body(channels % width);
}
