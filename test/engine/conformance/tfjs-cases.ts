/**
 * TensorFlow.js's own cases for the ops that engines replace, as npm ships them (written for jasmine). They come as
 * text, because their imports lead to a second copy of the core that knows no backend of ours.
 */
import * as tf from '@tensorflow/tfjs-core';

export const TFJS_CASE_FILES = ['conv3d', 'conv3d_transpose', 'max_pool_3d', 'avg_pool_3d', 'batchnorm'] as const;

/** `run` throws where the current backend is wrong. */
export type TfjsCase = { name: string; run: () => unknown };

/** The cases in the text of a file; names begin with that of the file. */
export function casesInText(file: string, source: string): TfjsCase[] {
  const cases: TfjsCase[] = [];
  const titles = [file];
  const describe = (title: string, define: () => void) => {
    titles.push(title);
    define();
    titles.pop();
  };
  const scope = {
    ...{ tf, ALL_ENVS: {}, describe, expect },
    describeWithFlags: (title: string, _: object, define: () => void) => describe(title, define),
    it: (title: string, run: () => unknown) => cases.push({ name: unique([...titles, title].join(': '), cases), run }),
    expectArraysClose: tf.test_util.expectArraysClose,
    expectArraysEqual: tf.test_util.expectArraysEqual,
    sizeFromShape: tf.util.sizeFromShape,
  };
  const body = source.replaceAll(/^import .*$/gm, '').replaceAll(/^\/\/# sourceMappingURL.*$/gm, '');
  new Function(...Object.keys(scope), body)(...Object.values(scope));
  return cases;
}

/** Some titles come twice in a file. */
function unique(name: string, cases: readonly TfjsCase[]): string {
  const count = cases.filter((one) => one.name === name || one.name.startsWith(`${name} (`)).length;
  return count === 0 ? name : `${name} (${count + 1})`;
}

/** What the files use of jasmine's. */
function expect(found: unknown) {
  return {
    toEqual: (expected: unknown) => {
      const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
      if (a !== b) throw new Error(`found ${a}, expected ${b}`);
    },
    toThrowError: (pattern = /^/) => {
      try {
        (found as () => unknown)();
      } catch (error) {
        if (pattern.test(String(error))) return;
        throw error;
      }
      throw new Error(`nothing was thrown, expected ${pattern.source}`);
    },
  };
}
