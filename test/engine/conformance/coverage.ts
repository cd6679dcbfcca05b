/** The table of what runs where, in words for docs/engine-conformance.md. */
import { allCases } from './cases/all-cases.ts';
import { nameOf, type ConformanceCase } from './conformance-case.ts';
import { exclusionOf, type EngineUnderTest } from './engine-under-test.ts';
import { hasOp, isTooLarge } from './suite.ts';
import { TFJS_CASE_FILES, type TfjsCase } from './tfjs-cases.ts';

/** The document, in Markdown. */
export function coverageDocument(engines: readonly EngineUnderTest[], tfjsCases: readonly TfjsCase[]): string {
  const ops = [...new Set(allCases.map(({ op }) => op))];
  const rows = [
    ...ops.map((op) => [op, ...engines.map((engine) => (hasOp(engine, op) ? cellOf(casesOf(op), engine) : '–'))]),
    ...TFJS_CASE_FILES.map((file) => [
      `TensorFlow.js's ${file}`,
      ...engines.map((engine) => (engine.onlyOps === undefined ? cellOf(tfjsCasesOf(tfjsCases, file), engine) : '–')),
    ]),
  ];
  return [
    ...['# What is tested on which engine', '', INTRODUCTION, ''],
    ...table([['Op', ...engines.map(({ name }) => name)], ...rows]),
    ...['', '## Exclusions', '', ...engines.flatMap(exclusionLines)],
    '',
  ].join('\n');
}

const INTRODUCTION = `Written by \`vitest run test/engine/conformance --update\` from the lists of cases; a test fails where it is out of date.
Every case compares values with plain loops and slopes of the gradients with finite differences of these, in double
precision, runs twice, the second time on memory full of NaN, must give the same bits, and leave no tensor and no byte
behind. "12 + 1 large" means that one more is left out because the engine is too slow for it; excluded cases must fail. A
plain test run on SwiftShader takes every third convolution of each path; \`APEXSCOPE_CONFORMANCE=whole\` makes it take all.`;

type Listed = { name: string; multiplyAdds?: number };

function casesOf(op: string): Listed[] {
  return allCases.filter((testCase) => testCase.op === op).map(listed);
}

function listed(testCase: ConformanceCase): Listed {
  const { multiplyAdds = 0 } = testCase;
  return { name: nameOf(testCase), multiplyAdds };
}

function tfjsCasesOf(tfjsCases: readonly TfjsCase[], file: string): Listed[] {
  return tfjsCases
    .filter(({ name }) => name.startsWith(`${file}: `))
    .map(({ name }) => ({ name: `TensorFlow.js: ${name}` }));
}

function cellOf(cases: readonly Listed[], engine: EngineUnderTest): string {
  const large = cases.filter((one) => isTooLarge(one, engine));
  const excluded = cases.filter((one) => !large.includes(one) && exclusionOf(engine, one.name) !== undefined);
  const runs = cases.length - large.length - excluded.length;
  const parts = [
    ...(large.length === 0 ? [] : [`${large.length} large`]),
    ...(excluded.length === 0 ? [] : [`${excluded.length} excluded`]),
  ];
  return [String(runs), ...parts].join(' + ');
}

/** Columns as wide as their widest cell, as prettier has them. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)];
}

function exclusionLines({ name, exclusions }: EngineUnderTest): string[] {
  if (exclusions.length === 0) return [`- ${name}: none.`];
  return exclusions.flatMap(({ reason, cases }) => [`- ${name}: ${reason}:`, ...cases.map((one) => `  - ${one}`)]);
}
