/** How kernels that work channel by channel see a tensor. */

/**
 * A tensor [segments,rows,c], whose segments are divided evenly among `groups` of neighbours: the units that statistics
 * are taken over. Batch normalisation of [n,t,h,w,c] has the segments n in one group; frame normalisation has a group for
 * each of n·t frames.
 */
export type ChannelView = { segments: number; rows: number; c: number; groups: number };

/** A view with its segments cut into chunks, each the work of one workgroup for each tile of channels. */
export type ChunkedView = ChannelView & { chunkRows: number; chunks: number; lanes: number; tiles: number };

export const CHANNEL_WORKGROUP = 256;

/** Bounds on partial results, the same on every device, so that sums are added up in the same order. */
const SMALLEST_CHUNK_ROWS = 256;
const MOST_CHUNKS = 2048;

export function chunked(view: ChannelView): ChunkedView {
  const { segments, rows, c } = view;
  const chunkRows = Math.max(SMALLEST_CHUNK_ROWS, Math.ceil((segments * rows) / MOST_CHUNKS));
  const lanes = Math.min(CHANNEL_WORKGROUP, 2 ** Math.ceil(Math.log2(c)));
  return { ...view, chunkRows, chunks: Math.ceil(rows / chunkRows), lanes, tiles: Math.ceil(c / lanes) };
}

/** Channels that one invocation reads at once: four where they come in fours. */
export function vectorWidth(c: number): 1 | 4 {
  return c % 4 === 0 ? 4 : 1;
}

/** WGSL type of so many numbers. */
export function vectorType(width: 1 | 4): 'f32' | 'vec4<f32>' {
  return width === 1 ? 'f32' : 'vec4<f32>';
}
