/**
 * TensorFlow.js's own cases for the ops that the CPU engine replaces, as npm ships them (written for jasmine); none is
 * left out. They are
 * read as text, because their imports lead to a second copy of the core that knows no backend of ours.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openWasmBackend, type WasmEngine } from '../../../src-main/engine/wasm/register.ts';

const FILES = ['conv3d', 'conv3d_transpose', 'max_pool_3d', 'avg_pool_3d', 'batchnorm'];

const OPS_FOLDER = new URL('ops/', `file://${createRequire(import.meta.url).resolve('@tensorflow/tfjs-core')}`);

let engine: WasmEngine;
beforeAll(async () => {
  engine = await openWasmBackend({ threads: 2, poison: true });
});
afterAll(() => engine.close());

/** The imported names that the case files use. */
const scope = {
  tf,
  ALL_ENVS: {},
  describeWithFlags: (name: string, _: object, cases: () => void) => describe(name, cases),
  it: (name: string, run: () => unknown) => it(name, async () => void (await run())),
  expect,
  beforeEach,
  afterEach,
  expectArraysClose: tf.test_util.expectArraysClose,
  expectArraysEqual: tf.test_util.expectArraysEqual,
  sizeFromShape: tf.util.sizeFromShape,
};

function defineCases(file: string): void {
  const source = readFileSync(new URL(`${file}_test.js`, OPS_FOLDER), 'utf8');
  const body = source.replaceAll(/^import .*$/gm, '').replaceAll(/^\/\/# sourceMappingURL.*$/gm, '');
  new Function(...Object.keys(scope), body)(...Object.values(scope));
}

for (const file of FILES) describe(file, () => defineCases(file));
