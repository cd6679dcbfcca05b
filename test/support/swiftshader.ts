/**
 * SwiftShader, a Vulkan driver that computes on the CPU, from the npm package `@sparticuz/chromium`: WebGPU tests run
 * on it in a Node process of their own, because the loader reads its settings only when a process starts.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompressSync } from 'node:zlib';

const BLOCK_BYTES = 512;

/** Why SwiftShader cannot run here, or null. */
export function swiftShaderMissing(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return `SwiftShader comes for linux x64 only, this is ${process.platform} ${process.arch}`;
  return existsSync(archivePath()) ? null : `no ${archivePath()}: run npm ci`;
}

/**
 * Runs a TypeScript program whose WebGPU is SwiftShader.
 * @returns what it wrote to standard output, parsed as JSON
 */
export async function runOnSwiftShader(program: string, timeoutMs: number, ...args: string[]): Promise<unknown> {
  const env = { ...process.env, ...swiftShaderEnvironment() };
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { env, timeout: timeoutMs });
  return JSON.parse(stdout) as unknown;
}

/** For glibc's malloc, which would give memory back after each shader that SwiftShader compiles, and fault it in anew. */
const KEPT_BYTES = String(32 * 2 ** 20);

/** Variables with which a process finds SwiftShader and no other Vulkan driver. */
export function swiftShaderEnvironment(): Record<string, string> {
  const folder = unpack();
  return {
    ...{ VK_ICD_FILENAMES: path.join(folder, 'vk_swiftshader_icd.json'), LD_LIBRARY_PATH: folder },
    ...{ MALLOC_TRIM_THRESHOLD_: KEPT_BYTES, MALLOC_MMAP_THRESHOLD_: KEPT_BYTES },
  };
}

function archivePath(): string {
  const main = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  return path.join(main.slice(0, main.lastIndexOf('chromium') + 'chromium'.length), 'bin', 'swiftshader.tar.br');
}

/** Unpacks once for all processes; the rename makes a half-written folder invisible. */
function unpack(): string {
  const archive = archivePath();
  const { version } = JSON.parse(readFileSync(path.join(archive, '../../package.json'), 'utf8')) as { version: string };
  const folder = path.join(os.tmpdir(), `apexscope-swiftshader-${version}`);
  if (existsSync(folder)) return folder;
  const unfinished = mkdtempSync(`${folder}-`);
  for (const [name, bytes] of tarFiles(brotliDecompressSync(readFileSync(archive))))
    writeFileSync(path.join(unfinished, path.basename(name)), bytes, { mode: 0o755 });
  try {
    renameSync(unfinished, folder);
  } catch {
    // Another process was first.
    rmSync(unfinished, { recursive: true });
  }
  return folder;
}

/** Name and content of the plain files of a tar archive. */
function tarFiles(tar: Buffer): [string, Buffer][] {
  const files: [string, Buffer][] = [];
  for (let at = 0; at + BLOCK_BYTES <= tar.length && tar[at] !== 0;) {
    const text = (start: number, end: number) => tar.toString('latin1', at + start, at + end).split('\0')[0] as string;
    const sizeBytes = parseInt(text(124, 136), 8);
    const start = at + BLOCK_BYTES;
    if (text(156, 157) === '0') files.push([text(0, 100), tar.subarray(start, start + sizeBytes)]);
    at = start + Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
  }
  return files;
}
