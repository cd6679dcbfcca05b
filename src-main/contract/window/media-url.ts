/** Addresses of pictures and videos of the open project, served by the main process to this page alone. */
export const MEDIA_SCHEME = 'apexscope-media';
/** The page itself comes from here. */
export const PAGE_SCHEME = 'apexscope';

/** The file of a video, with ranges, for `<video>`. */
export function videoUrl(videoId: string): string {
  return `apexscope-media://video/${videoId}`;
}

/** JPEG of the face crop nearest to a frame. */
export function faceUrl(videoId: string, frame: number): string {
  return `apexscope-media://face/${videoId}/${frame}`;
}
