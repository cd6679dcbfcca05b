import { AppError } from '../../contract/errors.ts';
import type { AnnotationFormat } from '../../contract/window/label.ts';
import { readBorisCsv } from './boris-csv.ts';
import { readElan } from './elan.ts';
import { readLabelCsv } from './label-csv.ts';
import type { MediaSegments } from './segments.ts';
import { readWebVtt } from './webvtt.ts';

export type AnnotationFile = { format: AnnotationFormat; media: MediaSegments[] };

const READERS = { csv: readLabelCsv, elan: readElan, boris: readBorisCsv, webvtt: readWebVtt };

/**
 * Reads a file of annotations; its extension and its first lines say which format it has.
 * @throws AppError `unsupported-file`, or `bad-input` with what is wrong
 */
export function readAnnotationFile(text: string, name: string): AnnotationFile {
  const format = formatOf(text, name);
  return { format, media: READERS[format](text, name) };
}

function formatOf(text: string, name: string): AnnotationFormat {
  const extension = /\.[a-z0-9]+$/i.exec(name)?.[0].toLowerCase();
  if (extension === '.eaf') return 'elan';
  if (extension === '.vtt') return 'webvtt';
  if (extension === '.csv' || extension === '.tsv')
    return /^(.*[,;\t])?"?Behavior"?[,;\t]/m.test(text.slice(0, 20_000)) ? 'boris' : 'csv';
  throw new AppError('unsupported-file', `${name} is no file of annotations that can be read.`, {
    hint: 'Expected .eaf (ELAN), .vtt (WebVTT), or .csv (BORIS events, or a table with path and label).',
  });
}
