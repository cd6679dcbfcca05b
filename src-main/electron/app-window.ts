import { fileURLToPath } from 'node:url';
import { BrowserWindow, nativeTheme } from 'electron';
import { PAGE_ORIGIN } from './page-protocol.ts';
import { pinContents } from './session-rules.ts';

const PRELOAD = fileURLToPath(new URL('../preload/preload.cjs', import.meta.url));
const BACKGROUND = { dark: '#15171c', light: '#f7f7f5' };

/** The one window: its page is sandboxed and isolated, and stays where it is. Shown when it has something to show. */
export function openAppWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 900,
    minHeight: 600,
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload: PRELOAD,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
      enableWebSQL: false,
    },
  });
  pinContents(window.webContents);
  window.once('ready-to-show', () => window.show());
  return window;
}

/** Loads the page; resolves when it is there. */
export function loadPage(window: BrowserWindow): Promise<void> {
  return window.loadURL(`${PAGE_ORIGIN}/index.html`);
}
