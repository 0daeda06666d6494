import { expect, it } from "vitest";
import { parseCsv } from "./csv";

it("reads quoted fields with commas, quotes and line breaks", () => {
  const text = 'name,said\r\n"Smith, J.","he said ""no""\nand left"\r\n';
  expect(parseCsv(text, 10)).toEqual({
    header: ["name", "said"],
    rows: [["Smith, J.", 'he said "no"\nand left']],
    isCut: false,
  });
});

it("finds semicolons and tabs", () => {
  expect(parseCsv("a;b\n1,5;2", 10).rows).toEqual([["1,5", "2"]]);
  expect(parseCsv("a\tb\n1\t2", 10).rows).toEqual([["1", "2"]]);
});

it("stops after the rows that were asked for, and says so", () => {
  const text = Array.from({ length: 1_000 }, (_, row) => `${row},x`).join("\n");
  const table = parseCsv(text, 3);
  expect(table.rows).toEqual([
    ["1", "x"],
    ["2", "x"],
    ["3", "x"],
  ]);
  expect(table.isCut).toBe(true);
});

it("keeps empty fields and drops empty lines", () => {
  expect(parseCsv("a,b\n\n,\n1,", 10).rows).toEqual([
    ["", ""],
    ["1", ""],
  ]);
  expect(parseCsv("", 10)).toEqual({ header: [], rows: [], isCut: false });
});
