/** What went wrong, in the words of the user; decides the exit code of the command line and how a window shows it. */
export type ErrorCode =
  | 'usage'
  | 'bad-input'
  | 'bad-config'
  | 'not-found'
  | 'unsupported-file'
  | 'decode-failed'
  | 'no-face'
  | 'corrupt'
  | 'out-of-memory'
  | 'engine-unavailable'
  | 'device-lost'
  | 'diverged'
  | 'aborted'
  | 'process-lost'
  | 'bug';

const USER_MISTAKES: readonly ErrorCode[] = ['usage', 'bad-input', 'bad-config', 'not-found', 'unsupported-file'];

/**
 * The only error that crosses a process boundary. The message names the thing, what was expected and what was
 * found; `hint` says what to do about it.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.hint = options.hint;
  }
}

/** Turns anything thrown into an {@link AppError}; what is not one already is a bug of ours. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof Error && error.name === 'AbortError')
    return new AppError('aborted', 'Stopped.', { cause: error });
  return new AppError('bug', error instanceof Error ? error.message : String(error), { cause: error });
}

/** Exit codes of design.md section 4: 2 wrong usage or bad input, 130 interrupted, 1 failure. */
export function exitCodeOf(error: AppError): 1 | 2 | 130 {
  if (error.code === 'aborted') return 130;
  return USER_MISTAKES.includes(error.code) ? 2 : 1;
}

/** Throws `AppError('aborted')` when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('aborted', 'Stopped.');
}
