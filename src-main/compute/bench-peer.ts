/**
 * The PyTorch programs of `bench/peers`, which do the same work as ours in a process of their own and answer each line
 * of JSON with one. PyTorch is no dependency: it is found, or asked for in words.
 */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { BenchHead, PeerPrecision } from '../contract/bench.ts';
import { AppError, throwIfAborted } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import type { Times } from './bench-rounds.ts';

export type Peer = {
  /** With its version. */
  name: string;
  /** Times of the repetitions that a question asks for. */
  ask(question: object): Promise<Times[]>;
  close(): void;
};

export type PeerScript = 'conv3d.py' | 'network.py';

/** From the source and from the bundle alike: both lie two folders below the package. */
const FOLDER = new URL('../../bench/peers/', import.meta.url);

/** Debian's PyTorch belongs to the second, which another Python may hide in PATH. */
const PYTHONS = ['python3', '/usr/bin/python3'];

/** Where a peer computes and how: the first things that it is told. */
export type PeerSetting = { device: 'cpu' | 'cuda'; precision: Exclude<PeerPrecision, 'usual'>; threads: number };

/**
 * The setting that is fair beside an engine: the same kind of processor, and as many threads.
 * @throws AppError `usage` for a precision that no CPU has
 */
export function peerSetting(
  { engine, threads, software }: Pick<BenchHead, 'engine' | 'threads' | 'software'>,
  precision: PeerPrecision,
): PeerSetting {
  const device = engine === 'wasm' || software ? 'cpu' : 'cuda';
  const usual = device === 'cpu' ? 'ieee' : 'tf32';
  const chosen = precision === 'usual' ? usual : precision;
  if (device === 'cpu' && chosen !== 'ieee')
    throw new AppError('usage', `--peer ${chosen}: PyTorch has it on a GPU only, and the engine is ${engine}.`, {
      hint: 'Use --peer or --peer ieee.',
    });
  return { device, precision: chosen, threads };
}

/**
 * Starts a peer with the Python that the variable PYTHON names, or the first one with PyTorch.
 * @param settings - the first line for the program
 * @throws AppError `not-found` where there is no Python with PyTorch, or the programs are not part of this installation;
 *   `aborted`
 */
export async function startPeer<T extends PeerSetting>(
  script: PeerScript,
  settings: T,
  { signal }: JobContext = {},
): Promise<Peer> {
  const file = fileURLToPath(new URL(script, FOLDER));
  if (!existsSync(file))
    throw new AppError(
      'not-found',
      `The program to compare with, bench/peers/${script}, is not part of this installation.`,
      {
        hint: 'Measure with the source or the npm package of Apexscope, or leave --peer out.',
      },
    );
  const named = process.env['PYTHON'];
  const reasons: string[] = [];
  for (const python of named === undefined ? PYTHONS : [named]) {
    try {
      return await openPeer(new Conversation(python, file), settings, signal);
    } catch (error) {
      throwIfAborted(signal);
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new AppError('not-found', `No Python with PyTorch to compare with: ${reasons.join('; ')}.`, {
    hint: 'Install it (Debian: python3-torch), or name a Python that has it: PYTHON=/path/to/python3.',
  });
}

async function openPeer(conversation: Conversation, settings: object, signal?: AbortSignal): Promise<Peer> {
  const { name } = (await conversation.ask(settings)) as { name: string };
  return {
    name,
    ask: async (question) => {
      const answer = await conversation.ask(question).catch((cause: Error) => {
        // Why: Ctrl-C in a terminal ends the peer too.
        throwIfAborted(signal);
        throw new AppError('engine-unavailable', `${name} ended in the middle: ${cause.message}`, { cause });
      });
      return (answer as { times: [number, number][] }).times.map(([wallMs, cpuMs]) => ({ wallMs, cpuMs }));
    },
    close: () => conversation.close(),
  };
}

/** Questions and answers, a line each, in turn. */
class Conversation {
  readonly #python: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #answers: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;
  #complaint = '';

  constructor(python: string, file: string) {
    this.#python = python;
    this.#child = spawn(python, [file], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.on('error', (error) => (this.#complaint = error.message));
    // Why: writing to a process that has ended is told by the answer that does not come.
    this.#child.stdin.on('error', () => undefined);
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#complaint += text));
    this.#ended = new Promise((resolve) => this.#child.on('close', resolve));
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async ask(question: object): Promise<object> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw await this.#failure();
    return JSON.parse(value) as object;
  }

  close(): void {
    this.#child.kill();
  }

  async #failure(): Promise<Error> {
    await this.#ended;
    return new Error(`${this.#python}: ${this.#complaint.trim().split('\n').at(-1) || 'it ended'}`);
  }
}
