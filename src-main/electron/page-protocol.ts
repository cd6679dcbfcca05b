import path from 'node:path';
import { AppError } from '../contract/errors.ts';
import { MEDIA_SCHEME, PAGE_SCHEME } from '../contract/window/media-url.ts';
import { fileResponse } from './file-response.ts';

export const PAGE_ORIGIN = `${PAGE_SCHEME}://app`;

/** Nothing but what ships: no inline code, no `eval`, no frames, no forms, no connections. */
const CONTENT_POLICY = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self'`,
  // Why: components place menus by style attributes; these can load nothing under this policy.
  `style-src-attr 'unsafe-inline'`,
  `font-src 'self'`,
  `img-src 'self' data: blob: ${MEDIA_SCHEME}:`,
  `media-src ${MEDIA_SCHEME}: blob:`,
  `connect-src 'none'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

const HEADERS = { 'content-security-policy': CONTENT_POLICY, 'x-content-type-options': 'nosniff' };

/** Whether an address is our page, whatever stands behind its path. */
export function isPageUrl(url: string): boolean {
  return url === PAGE_ORIGIN || url.startsWith(`${PAGE_ORIGIN}/`);
}

/** Serves the built page and nothing outside of its folder. */
export async function pageResponse(url: string, folder: string): Promise<Response> {
  try {
    return await fileResponse(fileOf(url, folder), HEADERS);
  } catch {
    return new Response('Not found', { status: 404 });
  }
}

function fileOf(url: string, folder: string): string {
  const { host, pathname } = new URL(url);
  const file = path.resolve(folder, `.${decodeURIComponent(pathname === '/' ? '/index.html' : pathname)}`);
  if (host === 'app' && file.startsWith(folder + path.sep)) return file;
  throw new AppError('not-found', `The page has no ${url}.`);
}
