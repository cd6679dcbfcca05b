import type { SortColumn } from '../../lib/library-filter.ts';

/** Columns of the table; `styles` of head and lines share their widths by the class of the grid. */
export const COLUMNS: readonly { column: SortColumn; title: string; hint: string }[] = [
  { column: 'path', title: 'Video', hint: 'By path' },
  { column: 'label', title: 'Label', hint: 'By label' },
  { column: 'subject', title: 'Subject', hint: 'By subject' },
  { column: 'split', title: 'Set', hint: 'By set' },
  { column: 'length', title: 'Length', hint: 'By length' },
  { column: 'coverage', title: 'Face', hint: 'By the share of frames that show the face' },
  { column: 'verdict', title: 'Run says', hint: 'Those that the run contradicts most first' },
];
