import type { EvaluationReport } from '../contract/records.ts';
import { chip } from './expression-chip.ts';
import type { ExpressionPalette } from '../contract/expression-palette.ts';
import { markup, type Markup } from './markup.ts';
import { percentNumber } from './number-format.ts';

/** Shades of a cell, by the share of its row. */
export const SHADES = 10;

/**
 * The confusion matrix, rows true and columns predicted. Each cell with videos is a button that shows only those
 * videos. Videos that could not be scored have a column of their own.
 */
export function confusionTable(evaluation: EvaluationReport, palette: ExpressionPalette): Markup {
  const { classes, confusion, perClass } = evaluation;
  const unscored = classes.map((name, k) => perClass[name]!.n - rowSum(confusion[k]!));
  const anyUnscored = unscored.some((n) => n > 0);
  return markup`<div class="scroll"><table class="confusion">
<caption>Rows are the labels, columns the predictions; shading and small figures are per cent of the row.</caption>
<thead><tr><td></td>${classes.map((name) => markup`<th scope="col" title="${name}">${chip(name, palette)}<span class="hidden">${name}</span></th>`)}${anyUnscored && markup`<th scope="col">not<br>scored</th>`}</tr></thead>
<tbody>
${classes.map(
  (
    name,
    row,
  ) => markup`<tr><th scope="row"><span class="expression">${name} ${chip(name, palette)}</span></th>${classes.map(
    (predicted, column) => cell({ truth: name, predicted, n: confusion[row]![column]!, total: perClass[name]!.n }),
  )}${anyUnscored && cell({ truth: name, predicted: '', n: unscored[row]!, total: perClass[name]!.n })}</tr>
`,
)}</tbody></table></div>`;
}

type Cell = { truth: string; predicted: string; n: number; total: number };

function cell({ truth, predicted, n, total }: Cell): Markup {
  const right = truth === predicted && 'right';
  if (n === 0) return markup`<td class="${right || 'none'}"><span class="empty">${right && '0'}</span></td>`;
  const share = n / total;
  const what = predicted === '' ? `${truth}, not scored` : `${truth}, predicted ${predicted}`;
  return markup`<td class="shade-${Math.max(1, Math.round(share * SHADES))} ${right}"><button type="button" data-truth="${truth}" data-predicted="${predicted}" aria-pressed="false" aria-label="${n} ${n === 1 ? 'video' : 'videos'}: ${what}, ${percentNumber(share, 0)} per cent of the row"><b>${n}</b><small>${percentNumber(share, 0)}</small></button></td>`;
}

function rowSum(row: readonly number[]): number {
  return row.reduce((total, n) => total + n, 0);
}

/** The most frequent mistake; null where there is none. */
export function worstConfusion({ classes, confusion }: EvaluationReport): Cell | null {
  const mistakes = classes.flatMap((truth, row) =>
    classes.flatMap((predicted, column) =>
      row === column ? [] : [{ truth, predicted, n: confusion[row]![column]!, total: rowSum(confusion[row]!) }],
    ),
  );
  const worst = mistakes.sort((a, b) => b.n - a.n)[0];
  return worst === undefined || worst.n === 0 ? null : worst;
}
