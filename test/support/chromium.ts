/**
 * Headless Chromium from the npm package `@sparticuz/chromium`, with the libraries that it ships: nothing has to be
 * installed on the machine.
 */
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type LaunchOptions } from 'playwright-core';

/** Why Chromium cannot run here, or null. */
export function chromiumMissing(): string | null {
  const fits = process.platform === 'linux' && process.arch === 'x64';
  return fits ? null : `@sparticuz/chromium is for linux x64 only, this is ${process.platform} ${process.arch}`;
}

/** Starts a browser; the caller closes it. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch(await chromiumLaunchOptions());
}

/** Where it is and how playwright has to start it; unpacks it the first time. */
export async function chromiumLaunchOptions(): Promise<LaunchOptions> {
  const folder = await unpack();
  return {
    executablePath: path.join(folder, 'chromium'),
    args: ['--no-sandbox', '--headless=shell', '--disable-gpu'],
    env: { ...definedEnvironment(), LD_LIBRARY_PATH: path.join(folder, 'al2023', 'lib') },
  };
}

/** Unpacks once for all processes; the rename makes a half-written folder invisible. */
async function unpack(): Promise<string> {
  const folder = path.join(os.tmpdir(), 'apexscope-chromium');
  if (existsSync(folder)) return folder;
  const unfinished = mkdtempSync(`${folder}-`);
  await unpackInto(unfinished);
  try {
    renameSync(unfinished, folder);
  } catch {
    // Another process was first.
    rmSync(unfinished, { recursive: true });
  }
  return folder;
}

/** The package unpacks into TMPDIR, and its libraries only where it believes to run in a function service. */
async function unpackInto(folder: string): Promise<void> {
  const settings = { TMPDIR: folder, VERCEL: '1' };
  const before = { TMPDIR: process.env['TMPDIR'], VERCEL: process.env['VERCEL'] };
  Object.assign(process.env, settings);
  try {
    const { default: packed } = await import('@sparticuz/chromium');
    await packed.executablePath();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
