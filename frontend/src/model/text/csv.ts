/**
 * Text of separated values as a table (RFC 4180 and what is found beside it); quotes may hold delimiters, quotes and
 * line breaks. Our own reader: the libraries take one kind of line end for the whole file, and files are mixed.
 */

export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** More rows than were asked for. */
  readonly isCut: boolean;
}

const DELIMITERS = [",", ";", "\t", "|"] as const;
/** So many records are tried with each delimiter, of so many characters at most. */
const TRIED_RECORDS = 20;
const TRIED_CHARACTERS = 50_000;

/** Lines end with LF, CRLF or CR, mixed as they may be. Empty lines are left out; rows may have any number of fields. */
export function parseCsv(text: string, mostRows: number): CsvTable {
  const whole = text.startsWith("\ufeff") ? text.slice(1) : text;
  const delimiter = delimiterOf(whole.slice(0, TRIED_CHARACTERS));
  const records = recordsOf(whole, delimiter, mostRows + 2);
  const [header = [], ...rows] = records;
  return { header, rows: rows.slice(0, mostRows), isCut: rows.length > mostRows };
}

/** At most so many records; fields are cut out of the text, never put together by character. */
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
  /** Of the delimiter or the line's end behind it, or of the text. */
  readonly end: number;
}

function plain(text: string, from: number, delimiter: string): Field {
  let end = from;
  while (end < text.length && !isEnd(text, end, delimiter)) end += 1;
  return { field: text.slice(from, end), end };
}

/** What stands behind the closing quote belongs to the field; a quote that is never closed holds the rest. */
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

/** The one by which the first records have the same number of fields, and the most of them; else a comma. */
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

/** Nothing where the header is one field. As many fields in each record count more than many fields. */
function scoreOf(widths: readonly number[]): number {
  const [header = 1] = widths;
  if (header < 2) return 0;
  const like = widths.filter((width) => width === header).length / widths.length;
  return like * 1_000 + Math.min(header, 999);
}
