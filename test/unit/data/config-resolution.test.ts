import { describe, expect, it } from 'vitest';
import {
  configKeys,
  parseConfig,
  parseResolvedConfig,
  resolveConfig,
} from '../../../src-main/data/config-resolution.ts';

const card = { cropSize: 48, scoreStride: 2 };

describe('a config', () => {
  it('has a default for everything, completed by the model', () => {
    const config = resolveConfig(parseConfig({}, []), card);
    expect(config).toMatchObject({ pooling: 'stochastic-softmax', gamma: 1, cropSize: 48, scoreStride: 2 });
    expect(config.stochasticSoftmax).toEqual({ warmupEpochs: 3, explorationEpochs: 5 });
    expect(resolveConfig(parseConfig({ cropSize: 64 }, []), card).cropSize).toBe(64);
  });

  it('takes the file, then --set by type, dots reaching into groups', () => {
    const file = { gamma: 2, stochasticSoftmax: { warmupEpochs: 1 }, augment: { flip: true } };
    const config = parseConfig(file, [
      'gamma=0.5',
      'stochasticSoftmax.explorationEpochs=0',
      'augment.flip=false',
      'model=c3d',
    ]);
    expect(config).toMatchObject({ gamma: 0.5, model: 'c3d', augment: { flip: false } });
    expect(config.stochasticSoftmax).toEqual({ warmupEpochs: 1, explorationEpochs: 0 });
    expect(file.gamma).toBe(2);
  });

  it('comes back from a run folder as it was, and not when it is another thing', () => {
    const config = resolveConfig(parseConfig({}, ['epochs=7']), card);
    expect(parseResolvedConfig(JSON.parse(JSON.stringify(config)), 'config.json')).toEqual(config);
    expect(() => parseResolvedConfig({ ...config, cropSize: undefined }, 'config.json')).toThrow(
      /config.json: cropSize/,
    );
  });

  it('keeps an equals sign in a value', () => {
    expect(parseConfig({}, ['initialWeights=a=b.safetensors']).initialWeights).toBe('a=b.safetensors');
  });
});

describe('a config is refused', () => {
  const refusal = (file: unknown, pairs: string[] = []) => {
    try {
      parseConfig(file, pairs);
    } catch (error) {
      return error as { code: string; message: string; hint: string };
    }
    throw new Error('was accepted');
  };

  it.each([
    [{}, ['gama=1'], 'Unknown setting gama.', 'Did you mean gamma?'],
    [{}, ['stochasticSoftmax.warmupEpoch=1'], 'Unknown setting', 'Did you mean stochasticSoftmax.warmupEpochs?'],
    [{ learningrate: 1 }, [], 'Unknown setting learningrate.', 'Did you mean learningRate?'],
    [{ augment: { flipp: true } }, [], 'Unknown setting augment.flipp.', 'Did you mean augment.flip?'],
  ] as [unknown, string[], string, string][])(
    'for the unknown key of %j %j, naming the nearest',
    (file, pairs, message, hint) => {
      const found = refusal(file, pairs);
      expect(found.code).toBe('bad-config');
      expect(found.message).toContain(message);
      expect(found.hint).toBe(hint);
    },
  );

  it.each([
    [{}, ['epochs=ten'], /^epochs: .*found "ten"/],
    [{}, ['epochs='], /^epochs: .*found ""/],
    [{}, ['augment.flip=maybe'], /^augment.flip: .*found "maybe"/],
    [{}, ['pooling=mean'], /^pooling: .*found "mean"/],
    [{ gamma: -1 }, [], /^gamma: .*found -1/],
    [{}, ['gamma=1e308'], /^gamma: .*<=1000, found 1e\+308/],
    [{}, ['gamma'], /expected key=value/],
    [{}, ['augment=1'], /augment is a group/],
    [{ augment: 3 }, [], /^augment: expected an object/],
    [[1], [], /expected an object/],
    [{}, ['folds=3', 'fold=3'], /fold: expected 0\.\.2/],
    [{}, ['valFraction=0.5', 'testFraction=0.5'], /less than 1/],
  ] as [unknown, string[], RegExp][])('for %j %j', (file, pairs, message) => {
    expect(refusal(file, pairs)).toMatchObject({ code: 'bad-config', message });
  });

  it('and each setting can be set by its dotted key', () => {
    expect(configKeys()).toContain('reinforce.baseline');
    expect(new Set(configKeys()).size).toBe(configKeys().length);
  });
});
