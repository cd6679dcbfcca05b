import type { Listing } from '../../src-main/data/layouts/layout.ts';

/** A folder in words, `/data`: videos by path (a trailing slash means a folder of frames), and lists with their text. */
export function listing(videos: readonly string[], lists: Record<string, string> = {}): Listing {
  return {
    videos: videos.map((path) =>
      path.endsWith('/') ? { path: path.slice(0, -1), kind: 'frames' as const } : { path, kind: 'file' as const },
    ),
    lists: Object.keys(lists),
    readList: (path) => lists[path]!,
    whyUnusable: () => null,
    belowRoot: (absolute) => (absolute.startsWith('/data/') ? absolute.slice('/data/'.length) : null),
  };
}
