/**
 * Parses separated values as a table (RFC 4180 and its common variants); quoted fields may contain delimiters, quotes
 * and line breaks. Libraries expect one kind of line end in a whole file, but files mix them.
 */

export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** More rows than were asked for. */
  readonly isCut: boolean;
}

const DELIMITERS = [",", ";", "\t", "|"] as const;
/** The records, and below the characters, that are tried with each delimiter. */
const TRIED_RECORDS = 20;
const TRIED_CHARACTERS = 50_000;

/**
 * Parses at most `mostRows` rows. Lines may end with LF, CRLF or CR; empty ones are left out; rows may differ in
 * length.
 */
export function parseCsv(text: string, mostRows: number): CsvTable {
  const whole = text.startsWith("\ufeff") ? text.slice(1) : text;
  const delimiter = delimiterOf(whole.slice(0, TRIED_CHARACTERS));
  const records = recordsOf(whole, delimiter, mostRows + 2);
  const [header = [], ...rows] = records;
  return { header, rows: rows.slice(0, mostRows), isCut: rows.length > mostRows };
}

/** Parses at most `most` records; fields are slices of the text, not built by character. */
function recordsOf(text: string, delimiter: string, most: number): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at <= text.length && records.length < most) {
    const { field, end } =
      text[at] === '"' ? quoted(text, at, delimiter) : plain(text, at, delimiter);
    record.push(field);
    if (end < text.length && text[end] === delimiter) {
      at = end + 1;
      continue;
    }
    if (record.length > 1 || record[0] !== "") records.push(record);
    record = [];
    at = text[end] === "\r" && text[end + 1] === "\n" ? end + 2 : end + 1;
  }
  return records;
}

interface Field {
  readonly field: string;
  /** The position of the delimiter or line end after the field, or the end of the text. */
  readonly end: number;
}

function plain(text: string, from: number, delimiter: string): Field {
  let end = from;
  while (end < text.length && !isEnd(text, end, delimiter)) end += 1;
  return { field: text.slice(from, end), end };
}

/** Parses a quoted field. Text after the closing quote belongs to it; a quote that is not closed takes the rest. */
function quoted(text: string, from: number, delimiter: string): Field {
  const pieces: string[] = [];
  let at = from + 1;
  for (;;) {
    const close = text.indexOf('"', at);
    if (close < 0) return { field: pieces.join("") + text.slice(at), end: text.length };
    if (text[close + 1] === '"') {
      pieces.push(text.slice(at, close + 1));
      at = close + 2;
      continue;
    }
    const rest = plain(text, close + 1, delimiter);
    return { field: pieces.join("") + text.slice(at, close) + rest.field, end: rest.end };
  }
}

function isEnd(text: string, at: number, delimiter: string): boolean {
  const character = text[at];
  return character === delimiter || character === "\n" || character === "\r";
}

/**
 * Returns the delimiter with which the first records have the same, and the largest, number of fields; else a comma.
 */
function delimiterOf(text: string): string {
  let best: string = DELIMITERS[0];
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const widths = recordsOf(text, delimiter, TRIED_RECORDS).map(({ length }) => length);
    const score = scoreOf(widths);
    if (score > bestScore) [best, bestScore] = [delimiter, score];
  }
  return best;
}

/**
 * Scores a delimiter by the fields of each record: equal numbers count more than large ones; 0 if the header is one
 * field.
 */
function scoreOf(widths: readonly number[]): number {
  const [header = 1] = widths;
  if (header < 2) return 0;
  const like = widths.filter((width) => width === header).length / widths.length;
  return like * 1_000 + Math.min(header, 999);
}
