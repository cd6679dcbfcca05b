/** Finished HTML or SVG, as opposed to text that still has to be escaped. */
export type Markup = { readonly html: string };

export type MarkupValue = Markup | string | number | false | null | undefined | readonly MarkupValue[];

/**
 * Template tag that escapes every value which is not {@link Markup} itself, so that file names, labels and notes cannot
 * become elements or attributes. Lists are joined; false, null and undefined vanish. Attribute values must be quoted.
 */
export function markup(strings: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  return { html: strings.reduce((html, part, i) => html + render(values[i - 1]) + part) };
}

/** Vouches for text that this program wrote itself: styles, scripts, and nothing that came from a user. */
export function ownMarkup(html: string): Markup {
  return { html };
}

/** For text and for quoted attribute values. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** JSON that can stand inside a script element: no character of it can end the element or start a comment. */
export function scriptJson(value: unknown): Markup {
  return { html: JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, unicodeEscape) };
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function render(value: MarkupValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  return 'html' in value ? value.html : value.map(render).join('');
}
