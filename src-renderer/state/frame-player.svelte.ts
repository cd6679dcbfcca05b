import type { PlayedVideo } from '../../src-main/contract/window/label.ts';
import type { FrameRange } from '../lib/moment-frames.ts';
import { PlayedFrames } from '../lib/played-frames.ts';
import { frameAt } from '../lib/time-scale.ts';

export const SPEEDS = [0.1, 0.25, 0.5, 1, 1.5, 2, 4] as const;

/**
 * Where inside of a frame it is sought, one after the other, until the picture is the right one: in files of uneven rate
 * Chromium goes by durations that some containers give in the order of decoding, and shows a neighbour.
 */
const SHARES = [0.5, 0.85, 0.15, 0.97] as const;
/** The picture of a place that was sought is there at the latest after this. */
const PICTURE_MS = 60;

const NO_TIMES = new Float64Array();
const NO_FRAMES = new PlayedFrames(NO_TIMES);

export type Opening = { atSec?: number; startsPlaying?: boolean };

/**
 * A `<video>` that is addressed by frame numbers alone. What it shows is read from the time that the shown picture
 * itself carries, not from the player's clock. Times outside of here are those of the frame index.
 */
export class FramePlayer {
  /** The frame on show, or the one that is sought. */
  frame = $state(0);
  playing = $state(false);
  speed = $state(1);
  muted = $state(false);
  loop = $state(true);
  /** Why the browser cannot show every frame of the file. */
  refused = $state<'file' | 'end' | null>(null);
  /** Frame of the picture that the browser said it shows; null before the first. */
  shown = $state<number | null>(null);
  played = $state.raw<PlayedVideo | null>(null);
  /** Presentation time of every frame. */
  readonly timesSec = $derived(this.played?.timesSec ?? NO_TIMES);
  readonly timeSec = $derived(this.timesSec[this.frame] ?? 0);
  /** Why nothing plays, and whether a copy that does can be made. */
  readonly obstacle = $derived.by(() => (this.played === null ? null : obstacleOf(this.played, this.refused)));
  #frames = $state.raw(NO_FRAMES);
  #video: HTMLVideoElement | null = null;
  #sought: number | null = null;
  #attempt = 0;
  #lookTimer: ReturnType<typeof setTimeout> | undefined;
  #startsPlaying = false;
  /** Looping goes round in here; null: the whole video. */
  readonly #range: () => FrameRange | null;

  constructor(range: () => FrameRange | null) {
    this.#range = range;
  }

  get count(): number {
    return this.#frames.count;
  }

  /** Takes up another video; its element comes by {@link attach}. */
  open(video: PlayedVideo, { atSec = 0, startsPlaying = false }: Opening = {}): void {
    this.close();
    this.played = video;
    this.#frames = playedFrames(video);
    this.frame = frameAt(video.timesSec, atSec);
    this.#startsPlaying = startsPlaying;
  }

  /** No video is open then. */
  close(): void {
    this.pause();
    this.played = null;
    this.#frames = NO_FRAMES;
    this.frame = 0;
    this.shown = null;
    this.refused = null;
    this.playing = false;
    this.#sought = null;
    clearTimeout(this.#lookTimer);
  }

  /** Follows a `<video>`. @returns what ends that */
  attach(video: HTMLVideoElement): () => void {
    const ended = new AbortController();
    const on = (name: string, listener: () => void) => video.addEventListener(name, listener, { signal: ended.signal });
    this.#video = video;
    this.#applySettings(video);
    on('seeked', () => this.#afterSeek());
    on('play', () => (this.playing = true));
    on('pause', () => this.#afterPause());
    on('ended', () => this.#afterEnd());
    on('error', () => (this.refused = 'file'));
    on('loadeddata', () => this.#begin(video));
    this.#follow(video, ended.signal);
    return () => {
      ended.abort();
      clearTimeout(this.#lookTimer);
      video.pause();
      if (this.#video === video) this.#video = null;
    };
  }

  /** Chromium ends some files where their edit list says, before frames that training still gets. */
  #begin(video: HTMLVideoElement): void {
    if (video.duration < this.#frames.lastSec) this.refused = 'end';
    if (this.refused !== null) return;
    if (this.frame > 0) this.goTo(this.frame);
    if (this.#startsPlaying) this.play();
  }

  #applySettings(video: HTMLVideoElement): void {
    video.playbackRate = this.speed;
    video.defaultPlaybackRate = this.speed;
    video.muted = this.muted;
  }

  /** Shows a frame; while one is sought, only the last that was asked for counts. */
  goTo(frame: number): void {
    this.frame = Math.min(Math.max(frame, 0), Math.max(0, this.count - 1));
    if (this.#video === null) return;
    const isSeeking = this.#sought !== null && this.#video.seeking;
    this.#sought = this.frame;
    this.#attempt = 0;
    clearTimeout(this.#lookTimer);
    if (!isSeeking) this.#seek(this.#video, this.frame);
  }

  /** Shows the frame of a time. */
  seek(sec: number): void {
    this.goTo(frameAt(this.timesSec, sec));
  }

  /** Frames forward, or back where negative; stands still then. */
  step(frames: number): void {
    this.pause();
    this.goTo(this.frame + frames);
  }

  /** Seconds forward, or back where negative; goes on playing where it plays. */
  jump(sec: number): void {
    this.seek(this.timeSec + sec);
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  play(): void {
    if (this.#video === null) return;
    const range = this.loop ? this.#range() : null;
    if (this.frame >= (range?.last ?? this.count - 1)) this.goTo(range?.first ?? 0);
    // A player that is taken away before it begins rejects; then nothing plays, and nothing is amiss.
    this.#video.play().catch(() => undefined);
  }

  pause(): void {
    this.#startsPlaying = false;
    this.#video?.pause();
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    if (this.#video) this.#applySettings(this.#video);
  }

  /** The next speed of the list, up or down. */
  changeSpeed(by: 1 | -1): void {
    const at = SPEEDS.findIndex((speed) => speed === this.speed);
    this.setSpeed(SPEEDS[Math.min(Math.max(at + by, 0), SPEEDS.length - 1)]!);
  }

  toggleSound(): void {
    this.muted = !this.muted;
    if (this.#video) this.#applySettings(this.#video);
  }

  #seek(video: HTMLVideoElement, frame: number): void {
    video.currentTime = this.#frames.insideSec(frame, SHARES[this.#attempt]);
  }

  #afterSeek(): void {
    const video = this.#video;
    const sought = this.#sought;
    if (video === null || sought === null) return;
    const target = this.#frames.insideSec(sought, SHARES[this.#attempt]);
    if (Math.abs(video.currentTime - target) > 1e-3) this.#seek(video, sought);
    else if (this.playing) this.#sought = null;
    else this.#lookTimer = setTimeout(() => this.#look(video, sought), PICTURE_MS);
  }

  /** Whether the picture is the one that was sought; else it is sought elsewhere in the frame. */
  #look(video: HTMLVideoElement, sought: number): void {
    if (this.shown !== sought && this.#attempt < SHARES.length - 1) {
      this.#attempt += 1;
      this.#seek(video, sought);
    } else this.#sought = null;
  }

  /** A picture can still follow; what the number says is shown. */
  #afterPause(): void {
    this.playing = false;
    if (this.#sought === null) this.goTo(this.frame);
  }

  #afterEnd(): void {
    if (!this.loop) return;
    this.goTo(this.#range()?.first ?? 0);
    this.play();
  }

  #follow(video: HTMLVideoElement, signal: AbortSignal): void {
    video.requestVideoFrameCallback((_, { mediaTime }) => {
      if (signal.aborted) return;
      this.shown = this.#frames.at(mediaTime);
      if (this.#sought === null && this.playing) this.#played(this.shown);
      this.#follow(video, signal);
    });
  }

  #played(frame: number): void {
    this.frame = frame;
    const range = this.loop ? this.#range() : null;
    if (range !== null && frame > range.last) this.goTo(range.first);
  }
}

/** Chromium keeps a container's start time where it lies after 0, and takes one before 0 to be 0. */
function playedFrames({ timesSec, playback, startSec }: PlayedVideo): PlayedFrames {
  if (playback.how === 'proxy') return PlayedFrames.evenly(timesSec.length, playback.fps);
  const offsetSec = Math.max(0, startSec);
  return new PlayedFrames(timesSec.map((sec) => sec + offsetSec));
}

function obstacleOf({ playback }: PlayedVideo, refused: FramePlayer['refused']) {
  if (playback.how === 'none') return playback;
  if (refused === null) return null;
  const what =
    refused === 'end' ? 'The last frames of this file cannot be shown as it is.' : 'This file does not play here.';
  return { why: what, canMake: playback.how === 'original' };
}
