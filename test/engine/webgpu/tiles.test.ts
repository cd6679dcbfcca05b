import { beforeAll, describe, expect, it } from 'vitest';
import { runOnSwiftShader, swiftShaderMissing } from '../../support/swiftshader.ts';
import type { TilesFindings } from './tiles-program.ts';

const missing = swiftShaderMissing();
if (missing !== null) console.warn(`SKIPPED, tiles are not tested: ${missing}`);

const PATIENCE_MS = 300_000;

describe.skipIf(missing !== null)('products on SwiftShader', () => {
  let found: TilesFindings;

  beforeAll(async () => {
    const program = new URL('tiles-program.ts', import.meta.url).pathname;
    found = (await runOnSwiftShader(program, PATIENCE_MS)) as TilesFindings;
  }, PATIENCE_MS);

  it.each(['f32 tiles', 'polyfill 16x16x16', 'polyfill 8x8x8', 'polyfill 16x8x16', 'polyfill 8x16x16'])(
    'are exact with every tile of %s, operands turned, depth split, loads ahead',
    (path) => {
      expect(found.paths[path]!.tried.length).toBeGreaterThan(1);
      expect(found.paths[path]!.wrong).toEqual([]);
    },
  );

  it('are the same where a shader sees one clip at a time', () => {
    expect(found.partsAreExact).toBe(true);
  });

  it('are the same where clips start where no binding may, and copies of them are given back', () => {
    expect(found.anySize).toEqual({ isExact: true, leaked: 0 });
  });

  it('are tuned once, to the same result, and leave nothing behind', () => {
    expect(found.tuning).toEqual({ tuned: 1, tunedAgain: 0, sameAfter: true, leaked: 0 });
  });
});
