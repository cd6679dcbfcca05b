import type { JobContext } from '../contract/progress.ts';
import type { VideoRecord } from '../contract/records.ts';
import { passesOf } from './prepare-video.ts';

const FRAMES_BETWEEN_REPORTS = 25;

type CountedVideo = VideoRecord & { faces: 'auto' | 'cropped' };

/** Reports how many frames of all passes over all videos are done, and how many videos. */
export class PrepareProgress {
  readonly #job: JobContext;
  readonly #videos: number;
  readonly #totalFrames: number;
  /** Frames done of videos that are being prepared. */
  readonly #open = new Map<string, number>();
  #doneVideos = 0;
  #doneFrames = 0;

  constructor(videos: readonly CountedVideo[], job: JobContext) {
    this.#job = job;
    this.#videos = videos.length;
    this.#totalFrames = videos.reduce((sum, video) => sum + framesOf(video), 0);
  }

  frameDone(video: CountedVideo): void {
    const done = (this.#open.get(video.id) ?? 0) + 1;
    this.#open.set(video.id, Math.min(done, framesOf(video)));
    if (done % FRAMES_BETWEEN_REPORTS === 0) this.#report();
  }

  /** Also for videos that needed no work or failed. */
  videoDone(video: CountedVideo): void {
    this.#open.delete(video.id);
    this.#doneFrames += framesOf(video);
    this.#doneVideos++;
    this.#report();
  }

  #report(): void {
    let done = this.#doneFrames;
    for (const frames of this.#open.values()) done += frames;
    const detail = `frames of all passes, ${this.#doneVideos} of ${this.#videos} videos`;
    this.#job.onProgress?.({ stage: 'prepare', done, total: this.#totalFrames, detail });
  }
}

function framesOf({ media, faces }: CountedVideo): number {
  return media.frameCount * passesOf(faces);
}
