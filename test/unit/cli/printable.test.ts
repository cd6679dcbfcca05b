import { expect, it } from 'vitest';
import { printable } from '../../../src-main/cli/printable.ts';

it('shows control characters of names and changes nothing else', () => {
  expect(printable('a\u001b[2J\u009b.mp4\r')).toBe('a\\u001b[2J\\u009b.mp4\\u000d');
  expect(printable('笑顔 é\t1\n2')).toBe('笑顔 é\t1\n2');
});
