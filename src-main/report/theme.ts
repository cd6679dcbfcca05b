import { SHADES } from './confusion-table.ts';
import { contrast } from '../contract/expression-palette.ts';

/** Colours of the page as "#rrggbb". `right` and `wrong` are the full shades of the confusion matrix. */
export type Theme = {
  paper: string;
  card: string;
  sunk: string;
  ink: string;
  soft: string;
  rule: string;
  accent: string;
  good: string;
  doubt: string;
  right: string;
  wrong: string;
};

export const LIGHT: Theme = {
  paper: '#f3f1ec',
  card: '#ffffff',
  sunk: '#f7f6f2',
  ink: '#1b1d21',
  soft: '#595d66',
  rule: '#dcd8cf',
  accent: '#0b5c8a',
  good: '#14663f',
  doubt: '#8f4300',
  right: '#0b5c8a',
  wrong: '#c85200',
};

export const DARK: Theme = {
  paper: '#121418',
  card: '#1b1e24',
  sunk: '#16191e',
  ink: '#eceae5',
  soft: '#a7abb5',
  rule: '#343943',
  accent: '#74bdec',
  good: '#71d29d',
  doubt: '#ffb866',
  right: '#5fb0e6',
  wrong: '#f08a3c',
};

/** Custom properties of a theme, and the shades of the confusion matrix with an ink that is readable on each. */
export function themeRules(theme: Theme): string {
  const properties = Object.entries(theme).map(([name, colour]) => `--${name}:${colour}`);
  return [`:root{${properties.join(';')}}`, ...shadeRules(theme, 'wrong'), ...shadeRules(theme, 'right')].join('\n');
}

function shadeRules(theme: Theme, ramp: 'right' | 'wrong'): string[] {
  return Array.from({ length: SHADES }, (_, i) => {
    const colour = mix(theme.card, theme[ramp], (i + 1) / SHADES);
    return `.shade-${i + 1}${ramp === 'right' ? '.right' : ''}{--cell:${colour};--cell-ink:${inkOn(colour)}}`;
  });
}

/** Black or white: one of the two always reaches 4.5 : 1. */
export function inkOn(colour: string): '#000000' | '#ffffff' {
  return contrast(colour, '#000000') >= contrast(colour, '#ffffff') ? '#000000' : '#ffffff';
}

export function mix(from: string, to: string, share: number): string {
  const channels = [1, 3, 5].map((at) => {
    const [a, b] = [from, to].map((hex) => parseInt(hex.slice(at, at + 2), 16));
    return Math.round(a! + (b! - a!) * share)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${channels.join('')}`;
}
