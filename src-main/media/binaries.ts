import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../contract/errors.ts';

/**
 * One of the two programs: where it is and how it came to be chosen. `libavutil` tells its age: 1000 for each major
 * version of that library and 1 for each minor one, 0 where the program does not say.
 */
export type MediaTool = { path: string; version: string; libavutil: number; from: 'environment' | 'PATH' | 'bundled' };

export type MediaTools = { ffmpeg: MediaTool; ffprobe: MediaTool };

type ToolName = keyof MediaTools;
type Place = Pick<MediaTool, 'path' | 'from'>;

const run = promisify(execFile);
const requireModule = createRequire(import.meta.url);

let found: Promise<MediaTools> | undefined;

/**
 * The ffmpeg and ffprobe in use, found once per process: FFMPEG_PATH and FFPROBE_PATH if set, else those on PATH
 * if they are newer than the bundled ones, else the bundled ones (an ffmpeg of 2018, the floor for all options here).
 * @throws AppError `not-found` when a variable names no working program, or nothing works
 */
export function mediaTools(): Promise<MediaTools> {
  found ??= findMediaTools(process.env);
  return found;
}

/** As {@link mediaTools}, for the given environment and without remembering the answer. */
export async function findMediaTools(env: NodeJS.ProcessEnv): Promise<MediaTools> {
  const [ffmpeg, ffprobe] = await Promise.all([findTool('ffmpeg', env), findTool('ffprobe', env)]);
  return { ffmpeg, ffprobe };
}

async function findTool(name: ToolName, env: NodeJS.ProcessEnv): Promise<MediaTool> {
  const variable = `${name.toUpperCase()}_PATH`;
  const named = env[variable];
  if (named) {
    const tool = await examineTool({ path: named, from: 'environment' });
    if (tool) return tool;
    throw new AppError('not-found', `${variable} is set to ${named}, which does not run as ${name}.`, {
      hint: `Set ${variable} to a working ${name}, or unset it to use the bundled one.`,
    });
  }
  return newest(name, await onPath(name, env));
}

async function newest(name: ToolName, system: MediaTool | undefined): Promise<MediaTool> {
  const bundled = await examineTool({ path: bundledPath(name), from: 'bundled' });
  if (system && (!bundled || system.libavutil > bundled.libavutil)) return system;
  if (bundled) return bundled;
  throw new AppError('not-found', `No ${name} runs here: neither the bundled one nor one on PATH.`, {
    hint: `Install ${name} with the system's package manager, or set ${name.toUpperCase()}_PATH.`,
  });
}

async function onPath(name: ToolName, env: NodeJS.ProcessEnv): Promise<MediaTool | undefined> {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of (env['PATH'] ?? '').split(path.delimiter).filter(path.isAbsolute)) {
    const candidate = path.join(folder, file);
    const executable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return examineTool({ path: candidate, from: 'PATH' });
  }
  return undefined;
}

async function examineTool(place: Place): Promise<MediaTool | undefined> {
  try {
    const { stdout } = await run(place.path, ['-version'], { timeout: 20_000, windowsHide: true });
    return { ...place, ...parseVersion(stdout) };
  } catch {
    return undefined;
  }
}

/**
 * Reads what `-version` prints. Builds number themselves too differently to be compared, and the years of their
 * copyright grow with every patch; the version of libavutil grows with the source alone.
 */
export function parseVersion(text: string): Pick<MediaTool, 'version' | 'libavutil'> {
  const version = /version (\S+) /.exec(text)?.[1] ?? 'unknown';
  const [, major = 0, minor = 0] = /^libavutil +(\d+)\. *(\d+)\./m.exec(text) ?? [];
  return { version, libavutil: 1000 * Number(major) + Number(minor) };
}

/** Inside a packaged app, programs cannot be started from the archive; they are unpacked beside it. */
function bundledPath(name: ToolName): string {
  const installer = requireModule(`@${name}-installer/${name}`) as { path: string };
  return installer.path.replace(`app.asar${path.sep}`, `app.asar.unpacked${path.sep}`);
}
