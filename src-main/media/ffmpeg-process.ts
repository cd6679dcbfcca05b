import { execFile, type ChildProcess, type ExecFileException } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import ffmpeg from 'fluent-ffmpeg';
import { AppError, throwIfAborted, toAppError } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import { mediaTools } from './binaries.ts';
import { plainReason } from './plain-reason.ts';

/**
 * What ffmpeg and ffprobe may open: local files, in the containers of the extensions that a scan accepts. Playlists
 * and other text formats that name further files are left out, whatever a file is called.
 */
export const INPUT_GUARD: readonly string[] = [
  '-protocol_whitelist',
  'file,pipe',
  '-format_whitelist',
  'mov,matroska,avi,flv,mpeg,mpegts,mpegvideo,m4v,asf,gif',
];

/** The URL of a file; its prefix keeps dashes, colons and percent signs of the name from meaning anything. */
export function fileUrl(path: string): string {
  return `file:${path}`;
}

export type FfmpegPlan = {
  /** The file this is about, and what its user is told if ffmpeg fails. */
  subject: string;
  failure: 'cannot be decoded' | 'cannot be written';
  inputOptions: readonly string[];
  input: string | Readable;
  outputOptions: readonly string[];
  /** A file, or what takes ffmpeg's standard output and holds it back by not taking more. */
  output: string | Writable;
  logLevel: 'error' | 'info';
  onLine?: (line: string) => void;
  /** Seconds without output or log line after which ffmpeg counts as stuck; absent: never. */
  stallSec?: number;
};

export type RunningFfmpeg = {
  /** What ffmpeg complained of, the first {@link MAX_COMPLAINTS}. */
  complaints: string[];
  /** Resolves when ffmpeg ended well. Rejects with AppError `aborted` or `decode-failed`. */
  finished: Promise<void>;
  /** Ends ffmpeg if it still runs, and resolves when the process is gone. */
  stop: () => Promise<void>;
};

type FluentCommand = ffmpeg.FfmpegCommand & { ffmpegProc?: ChildProcess };

const MAX_COMPLAINTS = 20;
/** Not the one about the clock of ffmpeg's own output, which is coarser than that of the video and plays no part. */
const COMPLAINT = /\[(?:error|fatal|panic)\] (?!.*increasing dts to muxer)(.*)$/;

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Process ids of the ffmpegs that this process is running. */
export function runningFfmpegPids(): number[] {
  return [...running].flatMap((child) => child.pid ?? []);
}

/**
 * Starts ffmpeg through fluent-ffmpeg. The caller awaits `finished` and calls `stop` in a `finally`. When ffmpeg fails or
 * is stopped, a stream given as output is destroyed with the reason.
 */
export async function startFfmpeg(plan: FfmpegPlan, job: JobContext): Promise<RunningFfmpeg> {
  const { ffmpeg: tool } = await mediaTools();
  throwIfAborted(job.signal);
  const sink = typeof plan.output === 'string' ? undefined : plan.output;
  const command: FluentCommand = buildCommand(plan).setFfmpegPath(tool.path);
  const complaints: string[] = [];
  const activity = { lastMs: Date.now() };
  command.on('stderr', (line: string) => {
    activity.lastMs = Date.now();
    const complaint = COMPLAINT.exec(line)?.[1];
    if (complaint && complaints.length < MAX_COMPLAINTS) complaints.push(complaint);
    plan.onLine?.(line);
  });
  const ended = outcome(command);
  const child = await spawned(command, ended);
  const exited = track(child);
  let failure: AppError | undefined;
  const fail = (error: AppError) => {
    failure ??= error;
    child.kill('SIGKILL');
    sink?.destroy(failure);
  };
  const release = supervise({ plan, job, sink, child, activity, fail });
  const finished = ended
    .catch((error: unknown) => {
      const reason = failure ?? sourceError(error) ?? exitError(plan, complaints, error);
      sink?.destroy(reason);
      throw reason;
    })
    .finally(release);
  finished.catch(() => undefined);
  const stop = async () => {
    child.kill('SIGKILL');
    sink?.destroy();
    await exited;
  };
  return { complaints, finished, stop };
}

function buildCommand(plan: FfmpegPlan): FluentCommand {
  const general = ['-hide_banner', '-nostdin', '-nostats', '-loglevel', `level+${plan.logLevel}`];
  const [first = '', ...rest] = [...general, ...plan.inputOptions];
  const [firstOut = '', ...restOut] = plan.outputOptions;
  // Options as separate arguments: fluent-ffmpeg splits the elements of an array at spaces.
  return ffmpeg({ stdoutLines: MAX_COMPLAINTS })
    .input(plan.input)
    .inputOptions(first, ...rest)
    .output(plan.output, { end: true })
    .outputOptions(firstOut, ...restOut);
}

function outcome(command: FluentCommand): Promise<void> {
  const ended = new Promise<void>((resolve, reject) => {
    command.once('end', () => resolve());
    command.on('error', reject);
  });
  ended.catch(() => undefined);
  return ended;
}

async function spawned(command: FluentCommand, ended: Promise<void>): Promise<ChildProcess> {
  const started = once(command, 'start');
  command.run();
  await Promise.race([started, ended]);
  const child = command.ffmpegProc;
  if (!child) throw new AppError('bug', 'fluent-ffmpeg started without a process.');
  return child;
}

function track(child: ChildProcess): Promise<void> {
  running.add(child);
  return new Promise((resolve) => {
    const gone = () => {
      running.delete(child);
      resolve();
    };
    child.once('exit', gone);
    child.once('error', gone);
  });
}

type Supervised = {
  plan: FfmpegPlan;
  job: JobContext;
  sink: Writable | undefined;
  activity: { lastMs: number };
  fail: (error: AppError) => void;
  child: ChildProcess;
};

/** Ends ffmpeg when the job is aborted or nothing comes from it any more; returns what stops the watch. */
function supervise({ plan, job, sink, child, activity, fail }: Supervised): () => void {
  const onAbort = () => fail(new AppError('aborted', 'Stopped.'));
  job.signal?.addEventListener('abort', onAbort, { once: true });
  if (job.signal?.aborted) onAbort();
  child.stdout?.on('data', () => (activity.lastMs = Date.now()));
  const { stallSec } = plan;
  const timer = stallSec === undefined ? undefined : setInterval(check, Math.min(1000, stallSec * 250)).unref();

  function check() {
    const readerIsSlow = sink !== undefined && sink.writableLength > 0;
    if (readerIsSlow) activity.lastMs = Date.now();
    if (stallSec !== undefined && Date.now() - activity.lastMs > stallSec * 1000) fail(stallError(plan, stallSec));
  }

  return () => {
    clearInterval(timer);
    job.signal?.removeEventListener('abort', onAbort);
  };
}

function stallError(plan: FfmpegPlan, stallSec: number): AppError {
  return new AppError('decode-failed', `${plan.subject}: the decoder gave nothing for ${stallSec} s and was ended.`, {
    hint: 'Check that the disk answers. If it does, the file is damaged: convert it again from its source.',
  });
}

/** What the caller's own input stream threw. */
function sourceError(error: unknown): AppError | undefined {
  const thrown = (error as { inputStreamError?: unknown }).inputStreamError;
  return thrown === undefined ? undefined : toAppError(thrown);
}

function exitError(plan: FfmpegPlan, complaints: readonly string[], cause: unknown): AppError {
  const said = complaints.length > 0 ? complaints.join('\n') : cause instanceof Error ? cause.message : String(cause);
  return new AppError('decode-failed', `${plan.subject} ${plan.failure}: ${plainReason(said).reason}`, { cause });
}

/** Milliseconds that ffprobe may take over one file, and bytes that it may print. */
type ProbeLimits = { timeout: number; maxBuffer: number };

const PROBE_LIMITS: ProbeLimits = { timeout: 60_000, maxBuffer: 64 * 2 ** 20 };

/**
 * Runs ffprobe and gives what it prints. It is ended at its limits.
 * @throws AppError `aborted`; `decode-failed` with what ffprobe complained of, or the limit that it reached
 */
export async function runFfprobe(
  args: readonly string[],
  job: JobContext,
  limits: ProbeLimits = PROBE_LIMITS,
): Promise<string> {
  const { ffprobe } = await mediaTools();
  throwIfAborted(job.signal);
  const options = { ...limits, killSignal: 'SIGKILL', windowsHide: true } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(ffprobe.path, args, options, (error, stdout, stderr) => {
      job.signal?.removeEventListener('abort', onAbort);
      if (job.signal?.aborted) reject(new AppError('aborted', 'Stopped.'));
      else if (error)
        reject(
          new AppError('decode-failed', limitReached(error, limits) ?? complaintOf(error, stderr), { cause: error }),
        );
      else resolve(stdout);
    });
    const onAbort = () => child.kill('SIGKILL');
    job.signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** The ffprobe of 2018 crashes on MPEG transport streams, among others, and says nothing. */
function complaintOf({ signal, code }: ExecFileException, stderr: string): string {
  return stderr.trim() || `ffprobe ended without a word (${signal ?? code}).`;
}

function limitReached({ code, killed }: ExecFileException, { timeout, maxBuffer }: ProbeLimits): string | null {
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    return `ffprobe printed more than ${maxBuffer / 2 ** 20} MiB and was ended.`;
  return killed ? `ffprobe took longer than ${timeout / 1000} s and was ended.` : null;
}
