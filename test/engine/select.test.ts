import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../src-main/contract/errors.ts';
import { openReferenceBackend } from '../../src-main/engine/reference.ts';
import { mixedOnly, openEngine, selectEngine, type Openers } from '../../src-main/engine/select.ts';
import { digest, selfTest, selfTestBias, SELF_TEST_CASES, wholeNumbers } from '../../src-main/engine/self-test.ts';

/** Convolution with bias and ReLU, [y, and the gradients of sum(y * dy)], by the definition. */
function plainLoops({ x: xs, filter: fs, y: ys, options }: (typeof SELF_TEST_CASES)[number]) {
  const [x, filter, bias, dy] = [wholeNumbers(xs, 1), wholeNumbers(fs, 2), selfTestBias(fs[4]), wholeNumbers(ys, 4)];
  const y = new Float64Array(dy.length);
  const dx = new Float64Array(x.length);
  const dfilter = new Float64Array(filter.length);
  const dbias = new Float64Array(bias.length);
  const padding = [0, 1, 2].map((axis) => {
    const needed = (ys[axis + 1]! - 1) * options.strides[axis]! + fs[axis]! - xs[axis + 1]!;
    return options.pad === 'same' ? Math.floor(Math.max(0, needed) / 2) : 0;
  });
  const products = (place: number[], visit: (xAt: number, filterAt: number) => void) => {
    const [n, o] = [place[0]!, place[4]!];
    for (let kt = 0; kt < fs[0]; kt++)
      for (let kh = 0; kh < fs[1]; kh++)
        for (let kw = 0; kw < fs[2]; kw++) {
          const at = [kt, kh, kw].map((tap, axis) => place[axis + 1]! * options.strides[axis]! + tap - padding[axis]!);
          if (at.some((value, axis) => value < 0 || value >= xs[axis + 1]!)) continue;
          for (let c = 0; c < fs[3]; c++) visit(flatIndex([n, ...at, c], xs), flatIndex([kt, kh, kw, c, o], fs));
        }
  };
  for (let i = 0; i < y.length; i++) {
    const place = placeOf(i, ys);
    let value = bias[place[4]!]!;
    products(place, (xAt, filterAt) => (value += x[xAt]! * filter[filterAt]!));
    if (value <= 0) continue;
    y[i] = value;
    dbias[place[4]!]! += dy[i]!;
    products(place, (xAt, filterAt) => {
      dx[xAt]! += filter[filterAt]! * dy[i]!;
      dfilter[filterAt]! += x[xAt]! * dy[i]!;
    });
  }
  return { y: digest(y), dx: digest(dx), dfilter: digest(dfilter), dbias: digest(dbias) };
}

function flatIndex(place: number[], shape: readonly number[]): number {
  return place.reduce((index, value, axis) => index * shape[axis]! + value, 0);
}

function placeOf(index: number, shape: readonly number[]): number[] {
  const place: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place.unshift(index % shape[axis]!);
    index = Math.floor(index / shape[axis]!);
  }
  return place;
}

describe('self-test', () => {
  beforeAll(async () => {
    await openReferenceBackend();
  });

  it.each(SELF_TEST_CASES)('$what: the fixed digests are those of plain loops', (problem) => {
    expect(plainLoops(problem)).toEqual(problem.digests);
  });

  it('passes on the reference and leaves no tensors', async () => {
    const before = tf.memory().numTensors;
    expect(await selfTest()).toEqual([]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('notices a gradient that is wrong in one place', async () => {
    const restore = breakKernel('Conv3DBackpropFilterV2');
    const failures = await selfTest();
    restore();
    expect(failures).toHaveLength(SELF_TEST_CASES.length);
    expect(failures[0]).toMatch(/conv3d 3->16, odd sizes: dfilter digest is -?\d+, expected 7945/);
  });
});

/** Adds 1 to the first value that a kernel of the cpu backend returns. */
function breakKernel(kernelName: string): () => void {
  const stock = tf.getKernel(kernelName, 'cpu');
  tf.unregisterKernel(kernelName, 'cpu');
  const replace = (kernelFunc: tf.KernelFunc) => {
    tf.unregisterKernel(kernelName, 'cpu');
    tf.registerKernel({ ...stock, kernelFunc });
  };
  tf.registerKernel({
    ...stock,
    kernelFunc: (args) => {
      const result = stock.kernelFunc(args) as tf.TensorInfo;
      const backend = args.backend as { readSync(dataId: object): Float32Array };
      backend.readSync(result.dataId)[1]! += 1;
      return result;
    },
  });
  return () => replace(stock.kernelFunc);
}

describe('selection', () => {
  let opened: string[] = [];
  let closed: string[] = [];
  afterEach(() => {
    opened = [];
    closed = [];
  });

  const works = (name: 'wasm' | 'webgpu' | 'cuda' | 'cpu') => async (byName: boolean) => {
    opened.push(`${name}${byName ? ' by name' : ''}`);
    const close = () => Promise.resolve(void closed.push(name));
    return { ...(await openReferenceBackend()), name, device: `test ${name}`, close };
  };
  const fails = (message: string) => () => Promise.reject(new AppError('engine-unavailable', message, { hint: 'buy' }));
  const computesWrong = async (byName: boolean) => {
    const backend = await works('webgpu')(byName);
    const restore = breakKernel('Conv3D');
    const close = () => Promise.resolve(restore()).then(backend.close);
    return { ...backend, close };
  };
  const notInstalled = () => Promise.reject(new AppError('not-found', 'cuda: not installed'));
  const openers: Openers = { cuda: notInstalled, webgpu: works('webgpu'), wasm: works('wasm'), cpu: works('cpu') };

  it('takes the GPU where there is one', async () => {
    const { info } = await selectEngine('auto', openers);
    expect(info).toMatchObject({ name: 'webgpu', why: 'fastest engine; self-test passed' });
    expect(opened).toEqual(['webgpu']);
  });

  it('takes CUDA before all where its package is installed, and says so where that does not work', async () => {
    const { info } = await selectEngine('auto', { ...openers, cuda: works('cuda') });
    expect(info).toMatchObject({ name: 'cuda', why: 'fastest engine; self-test passed' });
    const broken = await selectEngine('auto', { ...openers, cuda: fails('cuda: no GPU') });
    expect(broken.info).toMatchObject({ name: 'webgpu', why: 'FALLBACK, cuda: no GPU; self-test passed' });
  });

  it('takes no engine without f16 for mixed precision, and closes it', async () => {
    const withoutF16 = mixedOnly(openers);
    await expect(selectEngine('wasm', withoutF16)).rejects.toMatchObject({
      code: 'bad-config',
      message: 'wasm: computes in float32 only on test wasm, expected precision mixed',
      hint: 'Use a GPU with f16, or set precision=float32.',
    });
    expect(closed).toEqual(['wasm']);
    const webgpu = async (byName: boolean) => ({
      ...(await works('webgpu')(byName)),
      features: { precision: 'mixed' },
    });
    const { info } = await selectEngine('auto', mixedOnly({ ...openers, webgpu }));
    expect(info.name).toBe('webgpu');
  });

  it('says that no engine has mixed precision where one works in float32', async () => {
    const none = mixedOnly({ ...openers, webgpu: fails('webgpu: no Vulkan') });
    await expect(selectEngine('auto', none)).rejects.toMatchObject({
      code: 'bad-config',
      message: expect.stringMatching(
        /^precision: no engine of this machine has mixed: webgpu: no Vulkan; wasm: computes in float32 only/,
      ),
      hint: 'Use a GPU with f16, or set precision=float32.',
    });
    const broken = mixedOnly({ ...openers, webgpu: fails('webgpu: no Vulkan'), wasm: fails('no SIMD') });
    await expect(selectEngine('auto', broken)).rejects.toMatchObject({ code: 'engine-unavailable' });
  });

  it('falls back to wasm loudly, with the reason', async () => {
    const { info } = await selectEngine('auto', { ...openers, webgpu: fails('webgpu: no Vulkan') });
    expect(info).toMatchObject({ name: 'wasm', why: 'FALLBACK, webgpu: no Vulkan; self-test passed' });
  });

  it('closes an engine that computes wrong results and says where', async () => {
    const { info } = await selectEngine('auto', { ...openers, webgpu: computesWrong });
    expect(info.name).toBe('wasm');
    expect(info.why).toMatch(/^FALLBACK, webgpu: wrong results on test webgpu: conv3d 3->16, odd sizes: y digest/);
    expect(closed).toEqual(['webgpu']);
  });

  it('never replaces an engine that was asked for by name', async () => {
    const wanted = selectEngine('webgpu', { ...openers, webgpu: fails('webgpu: no Vulkan') });
    await expect(wanted).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: 'webgpu: no Vulkan',
      hint: 'buy',
    });
    await expect(selectEngine('webgpu', { ...openers, webgpu: computesWrong })).rejects.toThrow('wrong results');
    expect(opened).toEqual(['webgpu by name']);
  });

  it('gives all reasons when no engine works, and never takes the slow reference', async () => {
    const none = { ...openers, webgpu: fails('webgpu: no Vulkan'), wasm: fails('no SIMD') };
    await expect(selectEngine('auto', none)).rejects.toThrow(
      'No engine works on this machine: webgpu: no Vulkan; wasm: no SIMD',
    );
    expect(opened).toEqual([]);
  });
});

describe('openEngine', () => {
  it('opens the reference by name', async () => {
    const { info, close } = await openEngine({ engine: 'cpu' });
    expect(info).toMatchObject({ name: 'cpu', why: 'asked for by name; self-test passed', threads: 1 });
    expect(info.device).toMatch(/\d+ cores?$/);
    expect(tf.getBackend()).toBe('cpu');
    await close();
  });

  it('opens wasm with the threads that were asked for', async () => {
    const { info, close } = await openEngine({ engine: 'wasm', threads: 1 });
    expect(info).toMatchObject({ name: 'wasm', threads: 1 });
    await close();
  });
});
