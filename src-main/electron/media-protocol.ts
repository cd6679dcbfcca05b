import type { ProjectHost } from '../service/window/project-host.ts';
import { rangeResponse } from './file-response.ts';

const ADDRESS = /^apexscope-media:\/\/(video|face)\/([0-9a-f]{16})(?:\/(\d{1,9}))?$/;

/**
 * Answers for media of the open project, named by the id of a video; a path can never be named.
 * @returns 404 for anything else: another project's, gone, or not understood
 */
export async function mediaResponse(
  projects: Pick<ProjectHost, 'mediaFile' | 'face'>,
  request: { url: string; headers: { get(name: string): string | null } },
): Promise<Response> {
  const [, kind, id, frame] = ADDRESS.exec(request.url) ?? [];
  try {
    if (kind === 'video' && id !== undefined && frame === undefined)
      return rangeResponse(await projects.mediaFile(id), request.headers.get('range'));
    if (kind === 'face' && id !== undefined && frame !== undefined)
      return pictureResponse(await projects.face(id, Number(frame)));
  } catch (error) {
    return new Response(error instanceof Error ? error.message : 'Not found', { status: 404 });
  }
  return new Response('Not found', { status: 404 });
}

function pictureResponse(jpeg: Uint8Array): Response {
  return new Response(new Uint8Array(jpeg), { headers: { 'content-type': 'image/jpeg' } });
}
