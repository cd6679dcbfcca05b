import { createHash } from 'node:crypto';
import { markup, ownMarkup, type Markup } from './markup.ts';

/** A page: its own style and script and no other may run. `body` is everything inside the body, without the script. */
export type Page = { title: string; style: string; script: string | null; body: Markup; gamma?: string };

/** One HTML file: no network, nothing outside the file (content security policy by hash). */
export function renderPage({ title, style, script, body, gamma }: Page): string {
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(style, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${ownMarkup(style)}</style>
</head>
<body${gamma !== undefined && markup` data-gamma="${gamma}"`}>
${body}
${script !== null && markup`<script>${ownMarkup(script)}</script>`}
</body>
</html>
`;
  return page.html;
}

function policy(style: string, script: string | null): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const scripts = script === null ? "'none'" : hash(script);
  return `default-src 'none'; img-src data:; style-src ${hash(style)}; script-src ${scripts}; base-uri 'none'; form-action 'none'`;
}
