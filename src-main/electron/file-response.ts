import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { MediaFile } from '../contract/project-host.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/quicktime',
  '.mkv': 'video/x-matroska',
  '.webm': 'video/webm',
  '.avi': 'video/x-msvideo',
  '.gif': 'image/gif',
};

function typeOf(file: string): string {
  return TYPES[path.extname(file).toLowerCase()] ?? 'application/octet-stream';
}

/** A whole small file. */
export async function fileResponse(file: string, headers: Record<string, string>): Promise<Response> {
  return new Response(await readFile(file), { headers: { ...headers, 'content-type': typeOf(file) } });
}

/** A file, or the part of it that a player asks for (RFC 9110 section 14: one range of bytes). */
export function rangeResponse({ path: file, sizeBytes }: MediaFile, rangeHeader: string | null): Response {
  const range = rangeHeader === null ? { start: 0, end: sizeBytes - 1 } : parseRange(rangeHeader, sizeBytes);
  if (range === null || sizeBytes === 0)
    return new Response(null, { status: 416, headers: { 'content-range': `bytes */${sizeBytes}` } });
  const { start, end } = range;
  return new Response(Readable.toWeb(createReadStream(file, { start, end })) as ReadableStream, {
    status: rangeHeader === null ? 200 : 206,
    headers: {
      'content-type': typeOf(file),
      'accept-ranges': 'bytes',
      'content-length': String(end - start + 1),
      ...(rangeHeader !== null && { 'content-range': `bytes ${start}-${end}/${sizeBytes}` }),
    },
  });
}

/** @returns first and last byte, or null for a range that is none or lies outside of the file */
export function parseRange(header: string, sizeBytes: number): { start: number; end: number } | null {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim()) ?? [];
  if (first === '' && last === '') return null;
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  return start <= end ? { start, end } : null;
}
