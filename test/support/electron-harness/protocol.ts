import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';

type Handler = (request: { url: string; headers: Headers }) => Response | Promise<Response>;

const handlers = new Map<string, Handler>();

/** `protocol` of Electron. */
export const protocol = {
  registerSchemesAsPrivileged: () => undefined,
  handle: (scheme: string, handler: Handler) => {
    handlers.set(scheme, handler);
  },
};

const PAGE = 'apexscope://app';
const MEDIA = 'apexscope-media://';
const MEDIA_PATH = '/apexscope-media/';

let origin: Promise<string> | null = null;

/** Serves what the protocol handlers answer; starts at the first call. @returns its origin */
export function servedOrigin(): Promise<string> {
  origin ??= new Promise((resolve) => {
    const server = createServer((request, response) => void answer(request, response));
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    });
  });
  return origin;
}

/** The address in Electron of a page that the server gives. */
export function electronUrl(url: string, served: string): string {
  return url.startsWith(served) ? PAGE + url.slice(served.length) : url;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const place = request.url ?? '/';
  const isMedia = place.startsWith(MEDIA_PATH);
  const url = isMedia ? MEDIA + place.slice(MEDIA_PATH.length) : PAGE + place;
  const handler = handlers.get(isMedia ? 'apexscope-media' : 'apexscope');
  const headers = new Headers(request.headers.range === undefined ? {} : { range: request.headers.range });
  const answered = await handler?.({ url, headers });
  if (answered === undefined) return void response.writeHead(404).end();
  const served = await servedOrigin();
  response.writeHead(answered.status, rewritten(answered.headers));
  if (/javascript|css|html/.test(answered.headers.get('content-type') ?? ''))
    response.end((await answered.text()).replaceAll(MEDIA, served + MEDIA_PATH));
  else if (answered.body === null) response.end();
  else
    Readable.fromWeb(answered.body as ReadableStream)
      .on('error', () => response.destroy())
      .pipe(response);
}

function rewritten(headers: Headers): Record<string, string> {
  const changed = Object.fromEntries(headers);
  const policy = changed['content-security-policy'];
  if (policy !== undefined) changed['content-security-policy'] = policy.replaceAll('apexscope-media:', `'self'`);
  return changed;
}
