import type { ExpressionPalette } from '../contract/expression-palette.ts';
import { markup, type Markup } from './markup.ts';

/** The letter code of an expression on its colour, followed by its name. */
export function expressionName(name: string, palette: ExpressionPalette): Markup {
  return markup`<span class="expression">${chip(name, palette)} ${name}</span>`;
}

/** Only the letter code; screen readers hear nothing, so the name must stand nearby. */
export function chip(name: string, palette: ExpressionPalette): Markup {
  const expression = palette.find(name);
  return expression === undefined
    ? markup`<span class="chip" aria-hidden="true">?</span>`
    : markup`<span class="chip ${expression.className}" aria-hidden="true">${expression.code}</span>`;
}
