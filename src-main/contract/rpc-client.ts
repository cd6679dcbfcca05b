import { AppError } from './errors.ts';
import { EventQueue } from './event-queue.ts';
import { errorOf } from './rpc.ts';
import type { Api, Bridge, Dispatcher, Port, Reply } from './rpc.ts';

/** What waits for replies to one request. */
type Waiting = { reply: (reply: Reply) => void; lost: () => void };

/** The calling end of a port, typed by the API that the other end serves. */
export function connect<A extends Api>(port: Port): Bridge<A> {
  return new RpcClient(port) as Dispatcher as Bridge<A>;
}

/** As {@link connect}, for passing requests on: names and inputs are not looked at. */
export class RpcClient {
  readonly #port: Port;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #closed = false;

  constructor(port: Port) {
    this.#port = port;
    port.onMessage((message) => {
      const reply = message as Reply;
      this.#waiting.get(reply.id)?.reply(reply);
    });
    port.onClose(() => {
      this.#closed = true;
      for (const { lost } of [...this.#waiting.values()]) lost();
    });
  }

  call(name: string, input: unknown, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const stop = this.#request({ kind: 'call', name, input }, signal, {
        reply: (reply) => {
          stop();
          if (reply.kind === 'result') resolve(reply.output);
          else if (reply.kind === 'failure') reject(errorOf(reply.error));
        },
        fail: reject,
      });
    });
  }

  open(name: string, input: unknown, signal?: AbortSignal): AsyncIterable<unknown> {
    const events = new EventQueue<unknown>(() => cancel());
    const stop = this.#request({ kind: 'open', name, input }, signal, {
      reply: (reply) => {
        if (reply.kind === 'event') return events.push(reply.event);
        stop();
        if (reply.kind === 'failure') events.fail(errorOf(reply.error));
        else events.end();
      },
      fail: (error) => events.fail(error),
    });
    const cancel = () => stop(true);
    return events;
  }

  /** @returns what forgets the request, and tells the other side so when `cancel` is set */
  #request(
    request: { kind: 'call' | 'open'; name: string; input: unknown },
    signal: AbortSignal | undefined,
    { reply, fail }: { reply: (reply: Reply) => void; fail: (error: AppError) => void },
  ): (cancel?: boolean) => void {
    const id = ++this.#lastId;
    const onAbort = () => {
      stop(true);
      fail(new AppError('aborted', 'Stopped.'));
    };
    const stop = (cancel = false) => {
      signal?.removeEventListener('abort', onAbort);
      if (this.#waiting.delete(id) && cancel && !this.#closed) this.#port.post({ kind: 'cancel', id });
    };
    const lost = () => {
      stop();
      fail(new AppError('process-lost', `${request.name}: the process that does this ended.`, { hint: 'Try again.' }));
    };
    if (signal?.aborted) queueMicrotaskOf(onAbort);
    else if (this.#closed) queueMicrotaskOf(lost);
    else {
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.set(id, { reply, lost });
      this.#port.post({ ...request, id });
    }
    return stop;
  }
}

/** Runs `work` after the caller has what it returns. */
function queueMicrotaskOf(work: () => void): void {
  void Promise.resolve().then(work);
}
