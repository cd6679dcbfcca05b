import type { SplitName } from '../../src-main/contract/records.ts';
import type {
  LibraryOverview,
  LibraryVideo,
  VideoFaces,
  VideoVerdict,
} from '../../src-main/contract/window/library.ts';

/** A video with all that is known of it: null where that is not known yet. */
export type LibraryRow = LibraryVideo & {
  /** The set that training with the default settings would put it in. */
  split: SplitName | null;
  /** Last part of the path, and what stands before it. */
  name: string;
  folder: string;
  faces: VideoFaces | null;
  verdict: VideoVerdict | null;
  isMissing: boolean;
  /** Why it is in quarantine. */
  quarantine: string | null;
  /** What a text search looks through. */
  haystack: string;
};

export type RowSources = {
  videos: readonly LibraryVideo[];
  overview: LibraryOverview | null;
  faces: readonly VideoFaces[];
  verdicts: readonly VideoVerdict[];
  missing: readonly string[];
};

/** Joins what different calls say of the same videos. */
export function joinRows({ videos, overview, faces, verdicts, missing }: RowSources): LibraryRow[] {
  const reasons = new Map(overview?.quarantine.map(({ path, reason }) => [path, reason]));
  const facesOf = new Map(faces.map((found) => [found.id, found]));
  const verdictOf = new Map(verdicts.map((verdict) => [verdict.id, verdict]));
  const gone = new Set(missing);
  return videos.map((video, i) => {
    const cut = video.path.lastIndexOf('/') + 1;
    return {
      ...video,
      split: overview?.splitOf[i] ?? null,
      name: video.path.slice(cut),
      folder: video.path.slice(0, Math.max(0, cut - 1)),
      faces: facesOf.get(video.id) ?? null,
      verdict: verdictOf.get(video.id) ?? null,
      isMissing: gone.has(video.id),
      quarantine: reasons.get(video.path) ?? null,
      haystack: `${video.path} ${video.label ?? 'unlabelled'} ${video.subject ?? ''}`.toLowerCase(),
    };
  });
}
