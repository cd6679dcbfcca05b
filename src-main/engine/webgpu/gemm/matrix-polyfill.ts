/**
 * Matrices in plain WGSL, which run on any device: the scalars of a matrix are dealt out to the invocations of a small
 * group one by one, and products go through workgroup memory. Slow, and the same as the intrinsics in all that the rest
 * of a kernel sees, so it proves tiling, borders and sums where the intrinsics are missing.
 */
import { resultScalars, type MatrixOps, type MatrixShape } from './matrix-ops.ts';
import { lineStride, type Side, type TileMemory, type TileNumber } from './tile-memory.ts';

/** @param number - `rounded` rounds operands to f16 as the intrinsics do, `f32` leaves them */
export function polyfillMatrices(shape: MatrixShape, subgroupSize: number, number: TileNumber): MatrixOps {
  const { m, n, k } = shape;
  const sizes = { left: m * k, right: k * n };
  const share = (scalars: number) => Math.ceil(scalars / subgroupSize);
  return {
    shape,
    subgroupSize,
    number,
    vector: 4,
    directives: '',
    attributes: '',
    declarations: ({ left, right }, subgroups) => `
var<workgroup> leftScalars: array<f32, ${subgroups * sizes.left}>;
var<workgroup> rightScalars: array<f32, ${subgroups * sizes.right}>;
alias Left = array<f32, ${share(sizes.left)}>;
alias Right = array<f32, ${share(sizes.right)}>;
alias Result = array<f32, ${share(resultScalars(shape))}>;
${loadFunction(left, { rows: m, columns: k, subgroupSize })}
${loadFunction(right, { rows: k, columns: n, subgroupSize })}
${productFunction(shape, subgroupSize)}
${storeFunction(resultScalars(shape), subgroupSize)}`,
    scratchBytes: (subgroups) => 4 * subgroups * (sizes.left + sizes.right),
    declareResult: (name) => `var ${name}: Result;`,
    load: ({ side }, index) => `load${nameOf(side)}(${index})`,
    multiplyAccumulate: ({ result, left, right }) => `${result} = multiplyAccumulate(${left}, ${right}, ${result});`,
    store: (result) => `storeResult(${result});`,
  };
}

type Spread = { rows: number; columns: number; subgroupSize: number };

function loadFunction(memory: TileMemory, { rows, columns, subgroupSize }: Spread): string {
  const { side, contiguous, vector } = memory;
  const linesAreRows = side === 'left' ? contiguous === 'depth' : contiguous === 'outer';
  const [line, inLine] = linesAreRows ? ['row', 'column'] : ['column', 'row'];
  const scalar = `index * ${vector} + ${line} * ${lineStride(memory)} + ${inLine}`;
  const element = vector === 4 ? `${side}Tile[(${scalar}) / 4][(${scalar}) % 4]` : `${side}Tile[${scalar}]`;
  return `fn load${nameOf(side)}(index: u32) -> ${nameOf(side)} {
  var matrix: ${nameOf(side)};
  for (var scalar = lane; scalar < ${rows * columns}; scalar += ${subgroupSize}) {
    let row = scalar / ${columns};
    let column = scalar % ${columns};
    matrix[scalar / ${subgroupSize}] = ${element};
  }
  return matrix;
}`;
}

function productFunction({ m, n, k }: MatrixShape, subgroupSize: number): string {
  const publish = (
    side: Side,
    scalars: number,
  ) => `for (var scalar = lane; scalar < ${scalars}; scalar += ${subgroupSize}) {
    ${side}Scalars[subgroup * ${scalars} + scalar] = ${side}[scalar / ${subgroupSize}];
  }`;
  return `fn multiplyAccumulate(left: Left, right: Right, result: Result) -> Result {
  ${publish('left', m * k)}
  ${publish('right', k * n)}
  workgroupBarrier();
  var sums = result;
  for (var scalar = lane; scalar < ${m * n}; scalar += ${subgroupSize}) {
    let leftRow = subgroup * ${m * k} + scalar / ${n} * ${k};
    let rightColumn = subgroup * ${k * n} + scalar % ${n};
    for (var i = 0u; i < ${k}; i++) {
      sums[scalar / ${subgroupSize}] += leftScalars[leftRow + i] * rightScalars[rightColumn + i * ${n}];
    }
  }
  workgroupBarrier();
  return sums;
}`;
}

function storeFunction(scalars: number, subgroupSize: number): string {
  return `fn storeResult(result: Result) {
  for (var scalar = lane; scalar < ${scalars}; scalar += ${subgroupSize}) {
    resultTile[subgroup * ${scalars} + scalar] = result[scalar / ${subgroupSize}];
  }
}`;
}

function nameOf(side: Side): 'Left' | 'Right' {
  return side === 'left' ? 'Left' : 'Right';
}
