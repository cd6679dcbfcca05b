import { describe, expect, it } from 'vitest';
import { columnsThatFit, itemAfterKey, scrollToShow, virtualWindow } from '../../../src-renderer/lib/virtual-window.ts';

const list = { count: 10_000, columns: 1, rowHeight: 44 };
const grid = { count: 10, columns: 4, rowHeight: 100 };

describe('virtualWindow', () => {
  it('draws what is in sight and some rows beyond, however long the list', () => {
    const { first, last, offset, total } = virtualWindow({ scrollTop: 44_000, height: 880 }, list, 6);
    expect({ first, last, offset, total }).toEqual({ first: 994, last: 1026, offset: 994 * 44, total: 440_000 });
  });

  it('never leaves the list, also when scrolled past its end after a filter', () => {
    expect(virtualWindow({ scrollTop: 0, height: 500 }, list, 6).first).toBe(0);
    const short = { ...list, count: 3 };
    expect(virtualWindow({ scrollTop: 99_999, height: 500 }, short, 6)).toMatchObject({ last: 3, total: 132 });
    expect(virtualWindow({ scrollTop: 0, height: 500 }, { ...list, count: 0 })).toMatchObject({ first: 0, last: 0 });
  });

  it('draws whole rows of a grid', () => {
    expect(virtualWindow({ scrollTop: 100, height: 100 }, grid, 0)).toMatchObject({ first: 4, last: 8, total: 300 });
  });
});

describe('scrollToShow', () => {
  it('moves as little as possible', () => {
    const view = { scrollTop: 440, height: 440 };
    expect(scrollToShow(12, view, list)).toBe(440);
    expect(scrollToShow(9, view, list)).toBe(396);
    expect(scrollToShow(20, view, list)).toBe(484);
  });
});

describe('itemAfterKey', () => {
  it('goes by cells and rows and stays inside', () => {
    expect(itemAfterKey('ArrowRight', 3, grid, 2)).toBe(4);
    expect(itemAfterKey('ArrowDown', 7, grid, 2)).toBe(7);
    expect(itemAfterKey('ArrowUp', 2, grid, 2)).toBe(2);
    expect(itemAfterKey('End', 0, grid, 2)).toBe(9);
    expect(itemAfterKey('PageDown', 5, grid, 2)).toBe(9);
  });

  it('leaves other keys alone, and sideways keys in a list', () => {
    expect(itemAfterKey('ArrowRight', 3, list, 2)).toBeNull();
    expect(itemAfterKey('x', 3, grid, 2)).toBeNull();
  });
});

it('columnsThatFit gives at least one column', () => {
  expect(columnsThatFit(700, 132)).toBe(5);
  expect(columnsThatFit(0, 132)).toBe(1);
});
