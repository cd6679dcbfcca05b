import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src-main/cli/main.ts', import.meta.url));

export type CliResult = { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string };

/** Starts `apexscope` as a user would, in a process of its own. */
export function startCli(args: string[]): { child: ChildProcess; result: Promise<CliResult> } {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const result = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, result };
}

/** Runs a command to its end. */
export function runCli(args: string[]): Promise<CliResult> {
  return startCli(args).result;
}

/** Runs a command with `--json` and returns its one object; fails with what it wrote to standard error. */
export async function runCliJson<T>(args: string[]): Promise<T> {
  const { code, stdout, stderr } = await runCli([...args, '--json']);
  if (code !== 0) throw new Error(`apexscope ${args.join(' ')} ended with ${code}:\n${stderr}`);
  return JSON.parse(stdout) as T;
}
