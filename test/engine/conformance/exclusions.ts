/** What engines get wrong, by case and with the reason: a list for each. */

export type Exclusion = { reason: string; cases: readonly string[] };

/** Of TensorFlow.js's cpu backend under our ops in plain ops. */
export const REFERENCE_EXCLUSIONS: readonly Exclusion[] = [
  {
    reason: 'the gradient of max pooling mixes up the axes of windows that are not square',
    cases: [
      'conv3d: pairs 4: [2,1,8,1,64] by 2x2x2 to 64, same, steps 2x2x2, bias, ReLU, pool',
      'conv3d: pairs 18: [2,1,8,1,17] by 1x1x1 to 64, same, steps 1x2x2, bias, ReLU, pool',
      'conv3d: pairs 32: [2,1,8,1,17] by 5x5x5 to 64, same, steps 2x2x2, bias, ReLU, pool',
      'max pool: [2,1,8,1,17] by 1x3x2, same, steps 1x1x1',
      'max pool: [1,3,5,7,64] by 1x3x2, valid, steps 2x2x2',
      'max pool: [2,3,5,7,64] by 3x5x7, same, steps 3x5x7',
      'max pool: [1,4,6,6,1] by 1x3x2, same, steps 1x3x2',
      'max pool: [1,3,5,7,3] by 1x3x2, same, steps 1x1x1',
      'max pool: [2,3,5,7,17] by 3x5x7, same, steps 1x1x1',
    ],
  },
  {
    reason: 'the gradient of average pooling divides by the whole window where its mean divides by the part inside',
    cases: [
      'average pool: [2,1,8,1,64] by 1x2x2, same, steps 2x2x2',
      'average pool: [1,1,8,1,3] by 3x3x3, same, steps 3x3x3',
      'average pool: [2,1,8,1,17] by 1x3x2, same, steps 1x1x1',
      'average pool: [1,4,6,6,1] by 1x2x2, same, steps 1x1x1',
      'average pool: [2,3,5,7,1] by 3x3x3, same, steps 2x2x2',
      'average pool: [2,4,6,6,3] by 4x6x6, same, steps 1x1x1',
      'average pool: [1,1,8,1,64] by 2x2x2, same, steps 1x1x1',
      'average pool: [1,3,5,7,3] by 1x2x2, same, steps 1x1x1',
      'average pool: [2,3,5,7,17] by 3x3x3, same, steps 1x1x1',
      'average pool: [1,3,5,7,3] by 1x3x2, same, steps 1x1x1',
      'average pool: [2,3,5,7,17] by 3x5x7, same, steps 1x1x1',
    ],
  },
  {
    reason: 'frame norm in plain ops takes the variance as a difference of large means',
    cases: ['frame norm: values near 100 and one of 1100, [1,2,6,6,4]'],
  },
];
