/**
 * Calls and streams between two processes over any port: page and main process, main process and its two utility
 * processes. A side that serves describes what it can do as an {@link Api} of zod schemas; types of both ends follow from
 * it. Errors cross as values, every call and stream can be cancelled, and nothing else crosses.
 */
import { z } from 'zod';
import { AppError, toAppError } from './errors.ts';
import type { ErrorCode } from './errors.ts';

/** One end of a line to another process. Messages are structured clones, in order, none lost until it closes. */
export type Port = {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The process at the other end has gone. */
  onClose(listener: () => void): void;
};

declare const GIVES: unique symbol;

/** A call: an input that the schema admits, one answer. */
export type CallSpec<I extends z.ZodType = z.ZodType, O = unknown> = {
  readonly kind: 'call';
  readonly input: I;
  readonly [GIVES]?: O;
};

/** A stream: an input that the schema admits, events until it ends or is cancelled. */
export type StreamSpec<I extends z.ZodType = z.ZodType, E = unknown> = {
  readonly kind: 'stream';
  readonly input: I;
  readonly [GIVES]?: E;
};

/** What belongs together, by name. */
export type Room = Readonly<Record<string, CallSpec | StreamSpec>>;

/** Rooms by name; a call is named `room.call`. */
export type Api = Readonly<Record<string, Room>>;

/** Describes a call: `call(z.strictObject({ id })).returns<Video>()`. */
export function call<I extends z.ZodType>(input: I): { returns: <O>() => CallSpec<I, O> } {
  return { returns: () => ({ kind: 'call', input }) };
}

/** Describes a stream: `stream(z.strictObject({})).of<Progress>()`. */
export function stream<I extends z.ZodType>(input: I): { of: <E>() => StreamSpec<I, E> } {
  return { of: () => ({ kind: 'stream', input }) };
}

type NamesOf<A extends Api, K extends 'call' | 'stream'> = {
  [R in keyof A & string]: {
    [N in keyof A[R] & string]: A[R][N] extends { kind: K } ? `${R}.${N}` : never;
  }[keyof A[R] & string];
}[keyof A & string];

export type CallName<A extends Api> = NamesOf<A, 'call'>;
export type StreamName<A extends Api> = NamesOf<A, 'stream'>;

type SpecOf<A extends Api, Name extends string> = Name extends `${infer R}.${infer N}` ? A[R][N] : never;

/** What a caller gives; defaults of the schema may be left out. */
export type InputOf<A extends Api, Name extends string> = z.input<SpecOf<A, Name>['input']>;
/** What a call answers, or one event of a stream. */
export type OutputOf<A extends Api, Name extends string> = Given<SpecOf<A, Name>>;

type Given<S> = S extends { readonly [GIVES]?: infer O } ? O : never;

/** The typed end of a caller. Rejects with `AppError`: what the other side threw, or `aborted`. */
export type Bridge<A extends Api> = {
  call<N extends CallName<A>>(name: N, input: InputOf<A, N>, signal?: AbortSignal): Promise<OutputOf<A, N>>;
  open<N extends StreamName<A>>(name: N, input: InputOf<A, N>, signal?: AbortSignal): AsyncIterable<OutputOf<A, N>>;
};

/** The end that does the work; names and inputs come from {@link serve} and {@link validated}. */
export type Dispatcher = {
  call(name: string, input: unknown, signal: AbortSignal): Promise<unknown>;
  open(name: string, input: unknown, signal: AbortSignal): AsyncIterable<unknown>;
};

/** Functions behind a room: `(context, input, signal)`, a value for a call and events for a stream. */
export type Handlers<R extends Room, Context> = {
  readonly [N in keyof R]: (context: Context, input: z.output<R[N]['input']>, signal: AbortSignal) => Handled<R[N]>;
};

type Handled<S> = S extends { kind: 'stream' } ? AsyncIterable<Given<S>> : Given<S> | Promise<Given<S>>;

type Handle = (context: unknown, input: unknown, signal: AbortSignal) => unknown;

/** A dispatcher over the handlers of some rooms. Inputs are taken as they are; see {@link validated}. */
export function dispatcherOf<A extends Api, Context>(
  rooms: { readonly [R in keyof A]: Handlers<A[R], Context> },
  context: Context,
): Dispatcher {
  const handle = (name: string) => (rooms as Record<string, Record<string, Handle>>)[roomOf(name)]![memberOf(name)]!;
  return {
    call: async (name, input, signal) => handle(name)(context, input, signal),
    open: (name, input, signal) => handle(name)(context, input, signal) as AsyncIterable<unknown>,
  };
}

/**
 * Lets through only what the API names, with inputs that its schemas admit.
 * @param check - looks at what a schema let through; throws to refuse it
 * @throws AppError `bad-input`
 */
export function validated(
  api: Api,
  to: Dispatcher,
  check: (schema: z.ZodType, input: unknown) => void = () => undefined,
): Dispatcher {
  const parsed = (kind: 'call' | 'stream', name: string, input: unknown): unknown => {
    const spec = ownProperty(ownProperty(api, roomOf(name)), memberOf(name));
    if (spec?.kind !== kind) throw new AppError('bad-input', `There is no ${kind} ${name}.`);
    const result = spec.input.safeParse(input);
    if (!result.success) throw new AppError('bad-input', `${name}: ${z.prettifyError(result.error)}`);
    check(spec.input, result.data);
    return result.data;
  };
  return {
    call: async (name, input, signal) => to.call(name, parsed('call', name, input), signal),
    open: (name, input, signal) => to.open(name, parsed('stream', name, input), signal),
  };
}

function ownProperty<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

export function roomOf(name: string): string {
  return name.slice(0, name.indexOf('.'));
}

function memberOf(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

/** An error as it crosses a port. */
export type Failure = { code: ErrorCode; message: string; hint?: string };

export function failureOf(thrown: unknown): Failure {
  const { code, message, hint } = toAppError(thrown);
  return { code, message, ...(hint !== undefined && { hint }) };
}

export function errorOf({ code, message, hint }: Failure): AppError {
  return new AppError(code, message, hint === undefined ? {} : { hint });
}

const id = z.int().nonnegative();
const name = z.string().max(100);

/** What a caller sends. */
export const requestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('call'), id, name, input: z.unknown() }),
  z.strictObject({ kind: z.literal('open'), id, name, input: z.unknown() }),
  z.strictObject({ kind: z.literal('cancel'), id }),
]);
export type Request = z.infer<typeof requestSchema>;

/** What it gets back. */
export type Reply =
  | { kind: 'result'; id: number; output: unknown }
  | { kind: 'event'; id: number; event: unknown }
  | { kind: 'end'; id: number }
  | { kind: 'failure'; id: number; error: Failure };
