import { AppError } from './errors.ts';
import { failureOf, requestSchema } from './rpc.ts';
import type { Dispatcher, Port, Reply, Request } from './rpc.ts';

/** Requests that one caller may have open; a page in a loop must not take all memory. */
const MOST_OPEN = 1000;

export type ServeOptions = {
  /** Looks at an input before anything else does; throws for one that is too large or of a wrong make. */
  check?: (input: unknown) => void;
  /** Told of every failure that is sent back, with what was thrown. */
  onFailure?: (name: string, thrown: unknown) => void;
};

/** Answers the requests that come over a port, and stops all work for it when it closes. */
export function serve(port: Port, dispatcher: Dispatcher, options: ServeOptions = {}): void {
  const open = new Map<number, AbortController>();
  port.onClose(() => {
    for (const controller of open.values()) controller.abort();
    open.clear();
  });
  const begin = (request: AskingRequest) => {
    const controller = new AbortController();
    const isOpen = () => open.get(request.id) === controller;
    open.set(request.id, controller);
    const reply = (message: Reply) => {
      if (isOpen()) port.post(message);
    };
    const full = open.size > MOST_OPEN;
    const work = full ? refuse() : answer(request, { dispatcher, signal: controller.signal, reply }, options);
    void work
      .catch((thrown: unknown) => {
        options.onFailure?.(request.name, thrown);
        reply({ kind: 'failure', id: request.id, error: failureOf(thrown) });
      })
      .finally(() => isOpen() && open.delete(request.id));
  };
  port.onMessage((message) => {
    const parsed = requestSchema.safeParse(message);
    if (!parsed.success) return options.onFailure?.('a message', parsed.error);
    const request = parsed.data;
    if (request.kind !== 'cancel') return open.has(request.id) ? undefined : begin(request);
    open.get(request.id)?.abort();
    open.delete(request.id);
  });
}

type AskingRequest = Exclude<Request, { kind: 'cancel' }>;

function refuse(): Promise<never> {
  return Promise.reject(new AppError('bad-input', `More than ${MOST_OPEN} requests are open.`));
}

type Answering = { dispatcher: Dispatcher; signal: AbortSignal; reply: (message: Reply) => void };

async function answer(
  { kind, id, name, input }: AskingRequest,
  { dispatcher, signal, reply }: Answering,
  { check }: ServeOptions,
): Promise<void> {
  check?.(input);
  if (kind === 'call') return reply({ kind: 'result', id, output: await dispatcher.call(name, input, signal) });
  for await (const event of dispatcher.open(name, input, signal)) {
    if (signal.aborted) return;
    reply({ kind: 'event', id, event });
  }
  reply({ kind: 'end', id });
}
