import { EventEmitter } from 'node:events';
import type { Session, WebContents } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { faceUrl, videoUrl } from '../../../src-main/contract/window/media-url.ts';
import { closeSession, pinContents } from '../../../src-main/electron/session-rules.ts';

vi.mock('electron', () => ({ app: { commandLine: { appendSwitch: () => undefined } } }));

type OnBeforeRequest = (request: { url: string }, answer: (response: { cancel: boolean }) => void) => void;
type OnPermission = (contents: unknown, permission: string, answer: (granted: boolean) => void) => void;

/** The part of Electron's session that the rules touch. */
class RecordedSession extends EventEmitter {
  beforeRequest: OnBeforeRequest = () => undefined;
  onPermission: OnPermission = () => undefined;
  checks: (() => boolean)[] = [];
  spellChecker = true;
  readonly webRequest = { onBeforeRequest: (listener: OnBeforeRequest) => (this.beforeRequest = listener) };

  setPermissionRequestHandler(handler: OnPermission): void {
    this.onPermission = handler;
  }

  setPermissionCheckHandler(handler: () => boolean): void {
    this.checks.push(handler);
  }

  setDevicePermissionHandler(handler: () => boolean): void {
    this.checks.push(handler);
  }

  setSpellCheckerEnabled(enabled: boolean): void {
    this.spellChecker = enabled;
  }

  refuses(url: string): boolean {
    let refused = false;
    this.beforeRequest({ url }, ({ cancel }) => (refused = cancel));
    return refused;
  }
}

function closed(): { session: RecordedSession; reported: string[] } {
  const session = new RecordedSession();
  const reported: string[] = [];
  closeSession(session as unknown as Session, (url) => reported.push(url));
  return { session, reported };
}

const prevented = (emitter: EventEmitter, name: string): boolean => {
  const event = { preventDefault: vi.fn() };
  emitter.emit(name, event);
  return event.preventDefault.mock.calls.length > 0;
};

describe('the session of the window', () => {
  it.each([
    'https://example.com/',
    'http://127.0.0.1:8080/',
    'http://localhost/',
    'ws://example.com/',
    'wss://example.com/',
    'file:///etc/passwd',
    'ftp://example.com/',
    'chrome-extension://abc/x.js',
    'apexscope-evil://app/',
    'HTTPS://EXAMPLE.COM/',
  ])('refuses and reports %s', (url) => {
    const { session, reported } = closed();
    expect(session.refuses(url)).toBe(true);
    expect(reported).toEqual([url]);
  });

  it('lets the page and media of the project pass, and reports none of them', () => {
    const { session, reported } = closed();
    const own = ['apexscope://app/index.html', videoUrl('0123456789abcdef'), faceUrl('0123456789abcdef', 1), 'data:,'];
    expect(own.map((url) => session.refuses(url))).toEqual(own.map(() => false));
    expect(reported).toEqual([]);
  });

  it('grants no permission, no device, no download and no spell checker', () => {
    const { session } = closed();
    const answers: boolean[] = [];
    for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read'])
      session.onPermission(null, permission, (granted) => answers.push(granted));
    expect(answers).toEqual([false, false, false, false]);
    expect(session.checks.map((check) => check())).toEqual([false, false]);
    expect(prevented(session, 'will-download')).toBe(true);
    expect(session.spellChecker).toBe(false);
  });
});

describe('the contents of the window', () => {
  it('stay where they are and open nothing', () => {
    const open: (() => { action: string })[] = [];
    const contents = Object.assign(new EventEmitter(), {
      setWindowOpenHandler: (handler: () => { action: string }) => open.push(handler),
    });
    pinContents(contents as unknown as WebContents);
    for (const name of ['will-navigate', 'will-redirect', 'will-frame-navigate', 'will-attach-webview'])
      expect(prevented(contents, name), name).toBe(true);
    expect(open.map((handler) => handler())).toEqual([{ action: 'deny' }]);
  });
});
