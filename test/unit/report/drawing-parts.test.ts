import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { contrast, ExpressionPalette } from '../../../src-main/contract/expression-palette.ts';
import { greyPngUri } from '../../../src-main/report/grey-png.ts';
import { markup, scriptJson } from '../../../src-main/report/markup.ts';
import { thumbnailTimes } from '../../../src-main/report/report-data.ts';
import { DARK, inkOn, LIGHT, mix } from '../../../src-main/report/theme.ts';

const SEVEN = ['anger', 'disgust', 'fear', 'happiness', 'neutral', 'sadness', 'surprise'];

describe('markup', () => {
  it('escapes text, keeps markup, joins lists and drops what is absent', () => {
    const inner = markup`<b>${'<&>"\''}</b>`;
    const { html } = markup`<p>${[inner, 1, null, false, undefined, 'x']}</p>`;
    expect(html).toBe('<p><b>&#60;&#38;&#62;&#34;&#39;</b>1x</p>');
  });

  it('makes JSON that cannot end a script element and reads back the same', () => {
    const value = { text: '</script><!-- \u2028 & >' };
    const { html } = scriptJson(value);
    expect(html).not.toMatch(/[<>&\u2028]/);
    expect(JSON.parse(html)).toEqual(value);
  });
});

describe('the palette of expressions', () => {
  it('gives each of the seven its own colour and the shortest letters that differ', () => {
    const { expressions } = new ExpressionPalette(SEVEN);
    expect(expressions.map(({ code }) => code)).toEqual(['A', 'D', 'F', 'H', 'N', 'Sa', 'Su']);
    expect(new Set(expressions.map(({ fill }) => fill)).size).toBe(7);
  });

  it('has letters that differ for more classes than colours, and where one name begins another', () => {
    const classes = [...SEVEN, 'contempt', 'anxiety', 'helplessness', 'disappointment', 'sad'];
    const codes = new ExpressionPalette(classes).expressions.map(({ code }) => code);
    expect(new Set(codes).size).toBe(classes.length);
  });

  it('has colours for classes that are called like a property of every object', () => {
    for (const { fill } of new ExpressionPalette(['constructor', '__proto__', 'toString', 'anger']).expressions)
      expect(fill).toMatch(/^#[0-9a-f]{6}$/);
  });

  it('has letters readable on their colours (WCAG AA)', () => {
    for (const { fill, ink } of new ExpressionPalette([...SEVEN, 'contempt']).expressions)
      expect(contrast(fill, ink)).toBeGreaterThanOrEqual(4.5);
  });
});

describe('the themes', () => {
  it.each([
    ['light', LIGHT],
    ['dark', DARK],
  ])('%s: all text is readable on all grounds (WCAG AA)', (_, theme) => {
    for (const ink of [theme.ink, theme.soft, theme.accent, theme.good, theme.doubt])
      for (const ground of [theme.paper, theme.card]) expect(contrast(ink, ground)).toBeGreaterThanOrEqual(4.5);
    for (let share = 0; share <= 1; share += 0.05) {
      for (const full of [theme.right, theme.wrong]) {
        const shade = mix(theme.card, full, share);
        expect(contrast(inkOn(shade), shade)).toBeGreaterThanOrEqual(4.5);
      }
    }
  });
});

describe('greyPngUri', () => {
  it('makes a PNG with these pixels', async () => {
    const uri = greyPngUri([
      [0, 0.5, 1],
      [1, 0.2, 0],
    ]);
    const png = Buffer.from(uri.replace('data:image/png;base64,', ''), 'base64');
    const { data, info } = await sharp(png).extractChannel(0).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([3, 2]);
    expect([...data]).toEqual([0, 128, 255, 255, 51, 0]);
  });
});

describe('thumbnailTimes', () => {
  it('are the middles of equal parts', () => {
    expect(thumbnailTimes(4, 4)).toEqual([0.5, 1.5, 2.5, 3.5]);
  });
});
