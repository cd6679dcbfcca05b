import { vectorType, vectorWidth } from '../kernels/channel-view.ts';
import { runFunctionName, type Operand } from '../gemm/operand.ts';
import { runType, type RunWidth } from '../gemm/run-width.ts';
import { plainOperand } from '../gemm/plain-operand.ts';
import { atLeastOne, type GatherAxes } from './gather-geometry.ts';

/** The filter [taps,c,c'] of the forward pass: the depth is (tap, c), columns are c'. */
export function forwardFilter(outChannels: number, halves: boolean): Operand {
  const columns = `${outChannels}`;
  return plainOperand({
    ...{ side: 'right', contiguous: 'outer', line: outChannels, halves },
    ...{ outer: columns, depth: 'uniforms.depth' },
  });
}

/**
 * The filter [taps,c,c'] of the input gradient: the depth is (tap, c'), columns are c, and the taps are those of `axes`
 * (turned round, and with a stride only every so many).
 */
export function turnedFilter(axes: GatherAxes, { c, o }: { c: number; o: number }, halves: boolean): Operand {
  const [t, h, w] = axes;
  const width = halves ? 8 : 4;
  const inRuns = halves || vectorWidth(o) === 4;
  return {
    ...{ side: 'right', contiguous: 'depth', width },
    element: inRuns ? runType(width) : vectorType(1),
    sharedDepth: inRuns ? o : 0,
    wgsl: `alias RightOuter = u32;
fn rightOuter(outer: u32) -> u32 { return outer; }
struct RightDepth { index: u32, number: u32 }
fn rightDepth(depth: u32) -> RightDepth {
  let tap = depth / ${o};
  let kw = ${w.firstTap} + tap % ${atLeastOne(w.taps)} * ${w.tapStep};
  let kh = ${h.firstTap} + tap / ${atLeastOne(w.taps)} % ${atLeastOne(h.taps)} * ${h.tapStep};
  let kt = ${t.firstTap} + tap / ${atLeastOne(w.taps * h.taps)} * ${t.tapStep};
  return RightDepth(((kt * ${h.kernel} + kh) * ${w.kernel} + kw) * ${c * o} + depth % ${o}, depth);
}
${inRuns ? runOfOneTap(c, o, width) : fourOfAnyTaps(c, o)}`,
  };
}

function runOfOneTap(c: number, o: number, width: RunWidth): string {
  const type = runType(width);
  return `fn ${runFunctionName('right', width)}(outer: u32, depth: RightDepth, offset: u32) -> ${type} {
  let inside = (outer < ${c}) & (depth.number < uniforms.depth);
  if (inside) { return right[(depth.index + outer * ${o} + offset) / ${width}]; }
  return ${type}();
}`;
}

/** Where channels do not come in fours, four neighbours of the depth may belong to two taps. */
function fourOfAnyTaps(c: number, o: number): string {
  return `fn rightOne(outer: u32, depth: RightDepth) -> f32 {
  let inside = (outer < ${c}) & (depth.number < uniforms.depth);
  return select(0.0, right[select(0, depth.index + outer * ${o}, inside)], inside);
}
fn rightFour(outer: u32, depth: RightDepth, offset: u32) -> vec4<f32> {
  let first = depth.number + offset;
  return vec4(${[0, 1, 2, 3].map((i) => `rightOne(outer, rightDepth(first + ${i}))`).join(', ')});
}`;
}
