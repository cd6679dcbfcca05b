import { app } from 'electron';
import type { Session, WebContents } from 'electron';
import { MEDIA_SCHEME, PAGE_SCHEME } from '../contract/window/media-url.ts';

/** What the page and its media come from, and what never leaves the process. */
const OWN_SCHEMES = [`${PAGE_SCHEME}:`, `${MEDIA_SCHEME}:`, 'data:', 'blob:', 'devtools:'];

/** Chromium's own calls home, switched off before it starts. */
export function silenceChromium(): void {
  for (const name of ['disable-background-networking', 'disable-component-update', 'disable-domain-reliability'])
    app.commandLine.appendSwitch(name);
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
  app.commandLine.appendSwitch('dns-prefetch-disable');
}

/** Refuses every request that is not for the page or media of the open project, and every permission. */
export function closeSession(session: Session, onRefused: (url: string) => void): void {
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    const own = OWN_SCHEMES.some((scheme) => url.startsWith(scheme));
    if (!own) onRefused(url);
    answer({ cancel: !own });
  });
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
}

/** Keeps a page where it is: no navigation, no new windows, no frames of others. */
export function pinContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
