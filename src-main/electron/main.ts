/** Entry of the program with a window. It starts and watches the two other processes, and passes messages on. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserWindow } from 'electron';
import { app, protocol, session } from 'electron';
import { checkBounded } from '../contract/bounded-message.ts';
import { toAppError } from '../contract/errors.ts';
import { serve } from '../contract/rpc-server.ts';
import { MEDIA_SCHEME, PAGE_SCHEME } from '../contract/window/media-url.ts';
import { WindowService } from '../service/window/window-service.ts';
import { loadPage, openAppWindow } from './app-window.ts';
import { electronDesktop } from './desktop.ts';
import { onDroppedPath, windowPort } from './ipc-port.ts';
import { mediaResponse } from './media-protocol.ts';
import { setMenu } from './menu.ts';
import { pageResponse } from './page-protocol.ts';
import { closeSession, pinContents, silenceChromium } from './session-rules.ts';
import { startUtility } from './utility-child.ts';

const PAGE_FOLDER = path.resolve(fileURLToPath(new URL('../renderer', import.meta.url)));

let window: BrowserWindow | null = null;
let closed = false;

if (app.requestSingleInstanceLock()) start();
else app.quit();

function start(): void {
  silenceChromium();
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([
    { scheme: PAGE_SCHEME, privileges: { standard: true, secure: true } },
    { scheme: MEDIA_SCHEME, privileges: { standard: true, secure: true, stream: true } },
  ]);
  const service = new WindowService({
    desktop: electronDesktop(() => window!),
    userDir: app.getPath('userData'),
    sampleDir: path.join(app.getPath('documents'), 'Apexscope sample'),
    startProjectProcess: () => startUtility('project-process'),
    startComputeProcess: (environment) => startUtility('compute-process', environment),
  });
  app.on('web-contents-created', (_event, contents) => pinContents(contents));
  app.on('second-instance', (_event, args, workingDir) => {
    focusWindow();
    requestProject(service, args, workingDir);
  });
  app.on('open-file', (event, file) => {
    event.preventDefault();
    requestProject(service, ['', file], '/');
  });
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void service.close().finally(() => {
      closed = true;
      app.quit();
    });
  });
  void app.whenReady().then(() => openWindow(service));
}

async function openWindow(service: WindowService): Promise<void> {
  const { defaultSession } = session;
  closeSession(defaultSession, (url) => service.onRefusedRequest(url));
  protocol.handle(PAGE_SCHEME, ({ url }) => pageResponse(url, PAGE_FOLDER));
  protocol.handle(MEDIA_SCHEME, (request) => mediaResponse(service.projects, request));
  setMenu();
  await service.grantRecentProjects();
  window = openAppWindow();
  serve(windowPort(window.webContents), service.dispatcher, { check: checkBounded, onFailure: reportBug });
  onDroppedPath(window.webContents, (dropped) => service.paths.grant(dropped));
  requestProject(service, process.argv, process.cwd());
  const { webContents } = window;
  // A page that crashed is loaded anew; nothing is lost with it.
  webContents.on('render-process-gone', () => webContents.reload());
  await loadPage(window);
  await service.start();
}

/** What is not the user's mistake is written where a developer finds it. */
function reportBug(name: string, thrown: unknown): void {
  const { code, cause, stack } = toAppError(thrown);
  if (code === 'bug') process.stderr.write(`${name}: ${cause instanceof Error ? cause.stack : stack}\n`);
}

function focusWindow(): void {
  if (window?.isMinimized()) window.restore();
  window?.focus();
}

/** Opens the project that was named on the command line or double-clicked: its folder, or the file in it. */
function requestProject(service: WindowService, args: readonly string[], workingDir: string): void {
  const named = args.slice(1).findLast((arg) => !arg.startsWith('-'));
  if (named === undefined) return;
  const place = path.resolve(workingDir, named);
  const found = statSync(place, { throwIfNoEntry: false });
  const dir = found?.isFile() ? path.dirname(place) : place;
  if (statSync(path.join(dir, 'project.sqlite'), { throwIfNoEntry: false })) service.requestProject(dir);
}
