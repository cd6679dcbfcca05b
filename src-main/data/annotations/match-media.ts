/** A video of a project, by the path that it is stored under. */
export type NamedVideo = { id: string; path: string };

/** Why a name meets no single video. */
export type MediaMismatch = { reason: string };

/**
 * Finds the video that a file of annotations means. Such files carry paths of other machines, so the video whose path
 * agrees in most of its last parts is meant; the last part must agree, with or without its extension.
 */
export class MediaMatcher {
  readonly #byStem: Map<string, NamedVideo[]>;

  constructor(videos: readonly NamedVideo[]) {
    this.#byStem = Map.groupBy(videos, ({ path }) => stemOf(partsOf(path).at(-1) ?? ''));
  }

  match(media: string): NamedVideo | MediaMismatch {
    const wanted = partsOf(media);
    const candidates = this.#byStem.get(stemOf(wanted.at(-1) ?? '')) ?? [];
    const scored = candidates.map((video) => ({ video, score: sharedEnd(partsOf(video.path), wanted) }));
    const best = Math.max(...scored.map(({ score }) => score));
    const found = scored.filter(({ score }) => score === best).map(({ video }) => video);
    if (found.length === 1) return found[0]!;
    if (found.length === 0) return { reason: 'no video of the project has this name' };
    return { reason: `${found.length} videos of the project have this name (${found[0]!.path}, ${found[1]!.path}, …)` };
  }
}

function partsOf(media: string): string[] {
  const path = /^file:/i.test(media) ? decoded(media.replace(/^file:\/*/i, '')) : media;
  return path
    .normalize('NFC')
    .split(/[\\/]/)
    .filter((part) => part !== '' && part !== '.' && part !== '..');
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

function stemOf(name: string): string {
  return name.replace(/\.[a-z0-9]{1,5}$/i, '').toLowerCase();
}

/** Parts that agree from the end; the last counts half where only its extension differs. */
function sharedEnd(one: readonly string[], other: readonly string[]): number {
  let shared = one.at(-1) === other.at(-1) ? 1 : 0.5;
  for (let i = 2; i <= Math.min(one.length, other.length) && one.at(-i) === other.at(-i); i++) shared += 1;
  return shared;
}
