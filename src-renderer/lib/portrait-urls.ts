import type { WindowBridge } from '../../src-main/contract/window/window-api.ts';

/**
 * Asks for the portraits of a video's people. A video that cannot be read has none: what is amiss with it is said
 * elsewhere.
 * @returns what gives them up again
 */
export function portraitUrls(
  bridge: WindowBridge,
  id: string,
  onFound: (urls: ReadonlyMap<number, string>) => void,
): () => void {
  const asking = new AbortController();
  const urls = new Map<number, string>();
  bridge.call('library.people', { id }, asking.signal).then(
    (portraits) => {
      if (asking.signal.aborted) return;
      for (const { person, jpeg } of portraits) urls.set(person, URL.createObjectURL(pictureBlob(jpeg)));
      onFound(urls);
    },
    () => undefined,
  );
  return () => {
    asking.abort();
    for (const url of urls.values()) URL.revokeObjectURL(url);
  };
}

/** A JPEG that came over a port. */
export function pictureBlob(jpeg: Uint8Array): Blob {
  return new Blob([new Uint8Array(jpeg)], { type: 'image/jpeg' });
}
