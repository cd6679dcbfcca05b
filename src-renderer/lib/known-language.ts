/**
 * Why: where the system's locale is POSIX, Chromium calls the language `en-US@posix`, which Intl refuses; uPlot formats
 * numbers by it while it loads, so the whole page would not start. To be imported before uPlot.
 */
function isKnown(language: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(language).length >= 0;
  } catch {
    return false;
  }
}

if (!isKnown(navigator.language)) Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true });
