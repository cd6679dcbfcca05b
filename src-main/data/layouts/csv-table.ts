import { CsvError, parse } from 'csv-parse/sync';
import { AppError } from '../../contract/errors.ts';

export type CsvRow = { line: number; values: Record<string, string> };
export type CsvTable = { columns: string[]; rows: CsvRow[]; delimiter: string };

const DELIMITERS = [',', ';', '\t'];
const PARSING = { bom: true, trim: true, skip_empty_lines: true, record_delimiter: ['\r\n', '\n', '\r'] };

/**
 * A table with a header. The delimiter (comma, semicolon or tab) is the one that the header has most of; byte order
 * marks, any line ends, quotes, blank lines and blanks around cells are taken care of.
 * @param name - what messages call it
 * @throws AppError `bad-input` with the line of what cannot be read
 */
export function readTable(text: string, name: string): CsvTable {
  const delimiter = delimiterOf(text);
  const parsed = parseRows(text, delimiter, name);
  const columns = parsed[0]?.cells ?? [];
  const twice = columns.find((column, i) => columns.indexOf(column) !== i);
  if (twice !== undefined) throw new AppError('bad-input', `${name}: column '${twice}' is there twice.`);
  const rows = parsed.slice(1).map(({ line, cells }) => ({
    line,
    values: Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? ''])),
  }));
  return { columns, rows, delimiter };
}

/** Column names of a table, without reading the rest of it; empty where even that fails. */
export function readColumns(text: string): string[] {
  const header = firstLine(text);
  try {
    return parseRows(header, delimiterOf(header), 'header')[0]?.cells ?? [];
  } catch {
    return [];
  }
}

function firstLine(text: string): string {
  return /[^\r\n]+/.exec(text)?.[0] ?? '';
}

function delimiterOf(text: string): string {
  const header = firstLine(text).replace(/"[^"]*"/g, '');
  const count = (delimiter: string) => header.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

function parseRows(text: string, delimiter: string, name: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = [];
  const keep = (cells: string[], { lines }: { lines: number }) => {
    rows.push({ line: lines, cells });
    return cells;
  };
  try {
    parse(text, { ...PARSING, delimiter, on_record: keep });
    return rows;
  } catch (error) {
    throw new AppError('bad-input', `${name} cannot be read as a table: ${csvReason(error)}`, {
      hint: 'Each line needs as many cells as the header, and cells with a comma or a quote in quotes.',
      cause: error,
    });
  }
}

function csvReason(error: unknown): string {
  if (!(error instanceof CsvError)) return String(error);
  const reasons: Partial<Record<string, string>> = {
    CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: `line ${String(error.lines)} has a different number of cells than the header.`,
    CSV_QUOTE_NOT_CLOSED: `a quote is opened and never closed (found at line ${String(error.lines)}).`,
  };
  return reasons[error.code] ?? error.message;
}
