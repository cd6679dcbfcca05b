import type { ClassMetrics, EvaluationReport } from '../contract/records.ts';
import { expressionName } from './expression-chip.ts';
import type { ExpressionPalette } from '../contract/expression-palette.ts';
import { markup, type Markup } from './markup.ts';
import { percentNumber } from './number-format.ts';

/** Recall, precision and F1 of each class, in per cent. */
export function classTable({ classes, perClass }: EvaluationReport, palette: ExpressionPalette): Markup {
  return markup`<div class="scroll"><table class="classes">
<caption>Per expression, in per cent.</caption>
<thead><tr><th scope="col">expression</th><th scope="col" class="number">videos</th><th scope="col">recall</th><th scope="col" class="number">precision</th><th scope="col" class="number">F1</th></tr></thead>
<tbody>
${classes.map((name) => row(name, perClass[name]!, palette))}</tbody></table></div>`;
}

function row(name: string, { recall, precision, f1, n }: ClassMetrics, palette: ExpressionPalette): Markup {
  return markup`<tr><th scope="row">${expressionName(name, palette)}</th><td class="number">${n}</td>
<td class="recall">${n > 0 ? recallBar(recall, palette.find(name)?.className ?? '') : '–'}</td>
<td class="number">${percentNumber(precision)}</td><td class="number">${percentNumber(f1)}</td></tr>
`;
}

function recallBar(recall: number, className: string): Markup {
  return markup`<span class="number">${percentNumber(recall)}</span><svg class="bar ${className}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="10"/><rect class="fill" width="${percentNumber(recall)}" height="10"/></svg>`;
}
