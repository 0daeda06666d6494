/** RFC 4180 text as a table; quotes may hold commas, quotes and line breaks. */

export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** More rows than were asked for. */
  readonly isCut: boolean;
}

export function parseCsv(text: string, mostRows: number): CsvTable {
  const delimiter = delimiterOf(text);
  const records: string[][] = [];
  let record: string[] = [];
  let field = "";
  let isQuoted = false;
  let isCut = false;

  const endField = (): void => {
    record.push(field);
    field = "";
  };
  const endRecord = (): void => {
    endField();
    if (record.length > 1 || record[0] !== "") records.push(record);
    record = [];
  };

  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (isQuoted) {
      if (character !== '"') field += character;
      else if (text.charAt(at + 1) === '"') {
        field += '"';
        at += 1;
      } else isQuoted = false;
    } else if (character === '"' && field === "") isQuoted = true;
    else if (character === delimiter) endField();
    else if (character === "\n") {
      endRecord();
      if (records.length > mostRows + 1) {
        isCut = true;
        break;
      }
    } else if (character !== "\r") field += character;
  }
  if (!isCut && (field !== "" || record.length > 0)) endRecord();
  const [header = [], ...rows] = records;
  return { header, rows: rows.slice(0, mostRows), isCut: isCut || rows.length > mostRows };
}

/** Comma unless the first line has more semicolons or tabs. */
function delimiterOf(text: string): string {
  const firstLine = text.slice(0, Math.max(0, text.indexOf("\n")) || 2_000);
  const count = (delimiter: string): number => firstLine.split(delimiter).length;
  return [";", "\t"].reduce((best, other) => (count(other) > count(best) ? other : best), ",");
}
