/** Which items of a long list or grid are drawn: those in sight and some beyond, so that scrolling shows no gaps. */
export type Viewport = { scrollTop: number; height: number };

export type Cells = { count: number; columns: number; rowHeight: number };

/** Items `first` up to and without `last` are drawn, `offset` pixels from the top of a content `total` pixels high. */
export type VirtualWindow = { first: number; last: number; offset: number; total: number };

/** @param beyond - rows drawn above and below those in sight */
export function virtualWindow({ scrollTop, height }: Viewport, cells: Cells, beyond = 6): VirtualWindow {
  const { count, columns, rowHeight } = cells;
  const rows = Math.ceil(count / columns);
  const firstRow = clamp(Math.floor(scrollTop / rowHeight) - beyond, 0, Math.max(0, rows - 1));
  const lastRow = clamp(Math.ceil((scrollTop + height) / rowHeight) + beyond, firstRow, rows);
  return {
    first: firstRow * columns,
    last: Math.min(count, lastRow * columns),
    offset: firstRow * rowHeight,
    total: rows * rowHeight,
  };
}

/** Where to scroll so that an item is in sight, moving as little as possible. */
export function scrollToShow(item: number, { scrollTop, height }: Viewport, { columns, rowHeight }: Cells): number {
  const top = Math.floor(item / columns) * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + height) return top + rowHeight - height;
  return scrollTop;
}

/** Columns of at least `minWidth` pixels that fit side by side. */
export function columnsThatFit(width: number, minWidth: number): number {
  return Math.max(1, Math.floor(width / minWidth));
}

/** The item that a key moves to from `item`; null for other keys. */
export function itemAfterKey(key: string, item: number, { count, columns }: Cells, page: number): number | null {
  const steps: Record<string, number> = {
    ArrowDown: columns,
    ArrowUp: -columns,
    PageDown: page * columns,
    PageUp: -page * columns,
    Home: -count,
    End: count,
    ...(columns > 1 && { ArrowRight: 1, ArrowLeft: -1 }),
  };
  const step = steps[key];
  if (step === undefined || count === 0) return null;
  const isPlainStep = Math.abs(step) <= columns && (item + step < 0 || item + step >= count);
  return isPlainStep ? item : clamp(item + step, 0, count - 1);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
