/** What the harness tells the one that started it: a line of JSON on standard output each. */
export type HarnessReport = { process: string; pid: number | undefined } | { devtools: string; page: string };

export function report(message: HarnessReport): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
