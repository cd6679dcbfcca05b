/**
 * The first key that an object in JSON text has twice, or null. `JSON.parse` keeps the last value without a word.
 * @param text - a valid JSON object; only its own keys are compared, not those of objects inside
 */
export function duplicateKey(text: string): string | null {
  const seen = new Set<string>();
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && isKey(text, index + token.length)) {
      const key = JSON.parse(token) as string;
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return null;
}

function isKey(text: string, end: number): boolean {
  let i = end;
  while (' \t\r\n'.includes(text.charAt(i)) && i < text.length) i++;
  return text.charAt(i) === ':';
}
