/** Starts the built program in a real Electron, where this machine has one, as `startApp` does through the harness. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron } from 'playwright-core';
import type { ElectronApplication } from 'playwright-core';
import { electronBinary } from '../../build/electron-binary.ts';
import type { AppOptions, RunningApp } from './electron-harness/start-app.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Why tests in Electron are skipped; null where they can run. */
export function electronMissing(): string | null {
  return electronBinary() === null ? 'no Electron on this machine; name one in ELECTRON_PATH' : null;
}

/** Opens the program; resolves when its page is loaded. Its own processes cannot be told apart by id here. */
export async function startElectron({
  userDir,
  args = [],
}: Required<Pick<AppOptions, 'userDir'>> & Pick<AppOptions, 'args'>): Promise<Omit<RunningApp, 'pids'>> {
  mkdirSync(path.join(userDir, 'home'), { recursive: true });
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const electron = await _electron.launch({
    executablePath: electronBinary()!,
    args: [...sandbox, `--user-data-dir=${userDir}`, ROOT, ...args],
    // Why: the documents of the user are no place for a test.
    env: { ...definedEnvironment(), HOME: path.join(userDir, 'home') },
  });
  const page = await electron.firstWindow();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  return {
    page,
    process: electron.process(),
    complaints,
    answerDialog: (places) => answerDialog(electron, places.split('\n')),
    close: () => electron.close(),
  };
}

/** Dialogs of the system cannot be driven; their answers are put in their place. */
function answerDialog(electron: ElectronApplication, filePaths: string[]): Promise<void> {
  return electron.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: chosen });
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen[0]! });
  }, filePaths);
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
