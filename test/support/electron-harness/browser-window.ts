import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { app } from './app.ts';
import { openBrowser } from './browser.ts';
import { ipcMain } from './ipc-main.ts';
import { preloadScript } from './preload-script.ts';
import { electronUrl, servedOrigin } from './protocol.ts';
import { report } from './report.ts';
import { session } from './session.ts';

type OpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' };

/** What is called in the page. */
type PageGlobals = {
  receiveFromMain(channel: string, message: unknown): void;
  prompt(text: string, value: string): string | null;
};

let active: BrowserWindow | null = null;

/** The window that is open. */
export function activeWindow(): BrowserWindow | null {
  return active;
}

function setActive(window: BrowserWindow | null): void {
  active = window;
}

/** `webContents` of Electron over a page. */
class WebContents extends EventEmitter {
  readonly mainFrame = { url: '' };
  page: Page | null = null;
  openHandler: OpenHandler = () => ({ action: 'allow' });

  send(channel: string, message: unknown): void {
    const receive = ([to, what]: [string, unknown]) => (globalThis as unknown as PageGlobals).receiveFromMain(to, what);
    // Why: the page may be gone when a late event is sent to it.
    void this.page?.evaluate(receive, [channel, message] as [string, unknown]).catch(() => undefined);
  }

  isDestroyed(): boolean {
    return this.page === null || this.page.isClosed();
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }

  /** Whether a navigation may go on. */
  allowsNavigation(url: string): boolean {
    let prevented = false;
    this.emit('will-navigate', { url, preventDefault: () => (prevented = true) });
    return !prevented;
  }
}

/** `BrowserWindow` of Electron, one at a time. */
export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents();
  readonly #preload: string;

  constructor({ webPreferences }: { webPreferences: { preload: string } }) {
    super();
    this.#preload = webPreferences.preload;
    setActive(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  async loadURL(url: string): Promise<void> {
    const served = await servedOrigin();
    const { context, page, devtools } = await openBrowser();
    this.webContents.page = page;
    await context.exposeBinding('sendToMain', ({ frame }, channel: string, message: unknown) => {
      const { mainFrame } = this.webContents;
      mainFrame.url = electronUrl(frame.url(), served);
      const senderFrame = frame === page.mainFrame() ? mainFrame : { url: electronUrl(frame.url(), served) };
      ipcMain.emit(channel, { sender: this.webContents, senderFrame }, message);
    });
    await page.addInitScript(preloadScript(readFileSync(this.#preload, 'utf8')));
    await this.#guard(page, served);
    page.on('close', () => this.#onClosed());
    await page.goto(served + new URL(url).pathname);
    report({ devtools, page: page.url() });
    this.emit('ready-to-show');
  }

  /** Asks the program's own handlers about requests, navigation and new windows. */
  async #guard(page: Page, served: string): Promise<void> {
    const isDocument = ({ pathname }: URL) => pathname === '/' || pathname.endsWith('.html');
    let loaded = false;
    await page.route(
      (url) => url.origin !== served || isDocument(url),
      async (route) => {
        const request = route.request();
        const isOurs = request.url().startsWith(`${served}/`);
        const leaves = loaded && request.isNavigationRequest() && request.frame() === page.mainFrame();
        // Why: any other reason would put an error page in place of ours.
        if (leaves && !this.webContents.allowsNavigation(request.url())) return route.abort('aborted');
        if (isOurs) loaded = true;
        const passes = isOurs || (await session.defaultSession.allows(request.url()));
        return passes ? route.continue() : route.abort('blockedbyclient');
      },
    );
    page.on('popup', (popup) => {
      if (this.webContents.openHandler({ url: popup.url() }).action === 'deny') void popup.close();
    });
    // Why: without a listener playwright dismisses the prompts that stand for dialogs.
    page.on('dialog', () => undefined);
  }

  #onClosed(): void {
    setActive(null);
    this.webContents.emit('destroyed');
    app.emit('window-all-closed');
  }

  /** A prompt in the page; null when it was cancelled. */
  async ask(title: string, proposal: string): Promise<string | null> {
    const prompt = ([text, value]: [string, string]) => (globalThis as unknown as PageGlobals).prompt(text, value);
    return (await this.webContents.page?.evaluate(prompt, [title, proposal] as [string, string])) ?? null;
  }

  show(): void {
    void this.webContents.page?.bringToFront();
  }

  focus(): void {
    this.show();
    this.emit('focus');
  }

  isMinimized(): boolean {
    return false;
  }

  restore(): void {
    this.show();
  }
}
