import { frameAt } from '../lib/time-scale.ts';

/** Where a video stands, shared by the player and the timeline. Frames are found by their presentation times. */
export class Playhead {
  timeSec = $state(0);
  playing = $state(false);
  /** Playing goes round in here. */
  loop = $state.raw<{ startSec: number; endSec: number } | null>(null);
  timesSec = $state.raw<Float64Array>(new Float64Array());
  durationSec = $state(0);
  readonly frame = $derived(frameAt(this.timesSec, this.timeSec));
  #video: HTMLVideoElement | null = null;
  #request = 0;

  /** Follows a `<video>`. @returns what ends that */
  attach(video: HTMLVideoElement): () => void {
    this.#video = video;
    video.currentTime = this.timeSec;
    return () => {
      this.pause();
      if (this.#video === video) this.#video = null;
    };
  }

  /** Begins another video at its start. */
  reset(durationSec: number): void {
    this.pause();
    this.loop = null;
    this.timesSec = new Float64Array();
    this.durationSec = durationSec;
    this.timeSec = 0;
  }

  seek(sec: number): void {
    this.timeSec = Math.min(Math.max(sec, 0), this.durationSec);
    if (this.#video) this.#video.currentTime = this.timeSec;
  }

  /** Frames forward, or back where negative; a little after the start of the frame, so that it is the one shown. */
  step(frames: number): void {
    this.pause();
    const last = this.timesSec.length - 1;
    if (last < 0) return;
    const frame = Math.min(Math.max(this.frame + frames, 0), last);
    const next = this.timesSec[frame + 1] ?? this.durationSec;
    this.seek(this.timesSec[frame]! + Math.min(0.002, Math.max(0, next - this.timesSec[frame]!) / 4));
  }

  toggle(): void {
    if (this.playing) this.pause();
    else void this.play();
  }

  async play(): Promise<void> {
    const video = this.#video;
    if (video === null) return;
    if (this.timeSec >= this.durationSec - 0.05) this.seek(this.loop?.startSec ?? 0);
    // Why: play() rejects where the element is taken away or paused before it begins; then nothing plays.
    await video.play().then(
      () => (this.playing = true),
      () => (this.playing = false),
    );
    if (this.playing) this.#follow(video);
  }

  pause(): void {
    cancelAnimationFrame(this.#request);
    this.#video?.pause();
    this.playing = false;
  }

  /** Plays a moment round and round. */
  playLoop(moment: { startSec: number; endSec: number }): void {
    this.loop = moment;
    this.seek(moment.startSec);
    void this.play();
  }

  #follow(video: HTMLVideoElement): void {
    this.#request = requestAnimationFrame(() => {
      if (!this.playing || video !== this.#video) return;
      const { loop } = this;
      if (loop !== null && video.currentTime >= loop.endSec) video.currentTime = loop.startSec;
      if (video.ended) this.pause();
      this.timeSec = video.currentTime;
      if (this.playing) this.#follow(video);
    });
  }
}
