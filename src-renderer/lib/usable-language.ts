/**
 * Why: on a system without a language (`LANG=C`) Chromium calls its own `en-US@posix`. Intl refuses that, and uPlot asks
 * Intl for it while it is loaded, so the page would stay empty. Imported before everything else.
 */
if (!isUsable(navigator.language)) Object.defineProperty(navigator, 'language', { value: 'en-US' });

function isUsable(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length === 1;
  } catch {
    return false;
  }
}

export {};
