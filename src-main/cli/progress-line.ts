import type { Progress } from '../contract/progress.ts';
import { StageClock } from '../contract/time-left.ts';
import { printable } from './printable.ts';

const REDRAW_MS = 200;
const PLAIN_LINE_MS = 5000;

/**
 * Writes progress with the time left to standard error: one line redrawn on a terminal, a line now and then elsewhere.
 * @returns the listener to give to a job
 */
export function progressWriter(stream: NodeJS.WriteStream = process.stderr): (progress: Progress) => void {
  const clock = new StageClock();
  let lastWrite = -Infinity;
  let openLine = false;
  return (progress) => {
    const now = performance.now();
    const leftSec = clock.secondsLeft(progress, now);
    const finished = progress.total > 0 && progress.done >= progress.total;
    if (!finished && now - lastWrite < (stream.isTTY ? REDRAW_MS : PLAIN_LINE_MS)) return;
    lastWrite = now;
    const line = progressText(progress, leftSec);
    if (stream.isTTY) {
      stream.write(`\r\x1b[2K${line.slice(0, (stream.columns ?? 100) - 1)}${finished ? '\n' : ''}`);
      openLine = !finished;
    } else {
      stream.write(`${openLine ? '\n' : ''}${line}\n`);
    }
  };
}

/** One line for a person: `train 12/40  loss 0.81  1 min 20 s left`. */
export function progressText(progress: Progress, leftSec: number | null): string {
  const count = progress.total > 0 ? ` ${progress.done}/${progress.total}` : '';
  const detail = progress.detail ? `  ${printable(progress.detail)}` : '';
  const left = leftSec === null || leftSec < 1 ? '' : `  ${durationText(leftSec)} left`;
  return `${progress.stage}${count}${detail}${left}`;
}

/** @param seconds - rounded to whole seconds, shown as `2 h 5 min`, `1 min 20 s` or `45 s` */
export function durationText(seconds: number): string {
  const total = Math.round(seconds);
  if (total >= 3600) return `${Math.floor(total / 3600)} h ${Math.floor((total % 3600) / 60)} min`;
  if (total >= 60) return `${Math.floor(total / 60)} min ${total % 60} s`;
  return `${total} s`;
}
