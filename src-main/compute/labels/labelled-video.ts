import type { LabelEntry, LabelledVideo, PlayedVideo } from '../../contract/window/label.ts';
import type { LabelEvent, Project } from '../../store/project.ts';
import { opinionOf } from './overview.ts';
import type { AsRater } from './overview.ts';
import { playbackOf } from './proxies.ts';

/** One video with its frame times, how it plays, and what is said of it. @throws AppError `not-found` */
export function labelledVideo(project: Project, videoId: string, { rater, blind }: AsRater): LabelledVideo {
  const { id, path, subject, media } = project.video(videoId);
  const events = project.labels.of(id).filter(({ who }) => !blind || who === rater);
  const standing = events.filter(({ withdrawn }) => !withdrawn);
  const last = new Map(standing.map((event) => [event.who, event]));
  return {
    ...{ id, path, subject, media },
    ...playedVideo(project, id),
    holds: blind ? null : opinionOf(standing.findLast(({ holds }) => holds)),
    mine: opinionOf(last.get(rater)),
    others: [...last].filter(([who]) => who !== rater).map(([, event]) => opinionOf(event)!),
    history: events.map(entryOf).reverse(),
  };
}

/** What its player needs. @throws AppError `not-found` */
export function playedVideo(project: Project, id: string): PlayedVideo {
  const { timesSec } = project.frameIndex(id);
  return { timesSec, playback: playbackOf(project, id), startSec: project.video(id).media.startSec };
}

export function entryOf(event: LabelEvent): LabelEntry {
  return { ...opinionOf(event)!, holds: event.holds, withdrawn: event.withdrawn };
}
