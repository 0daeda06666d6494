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
  expect(parseCsv("a|b\n1,5|2;3", 10).rows).toEqual([["1,5", "2;3"]]);
});

it("finds the delimiter by all of the first records, and not inside of quotes", () => {
  expect(parseCsv('"a;b;c;d",e\n1,2', 10).header).toEqual(["a;b;c;d", "e"]);
  expect(parseCsv("name, first;age\nSmith, J.;4\nDoe;5", 10).header).toEqual([
    "name, first",
    "age",
  ]);
  expect(parseCsv("one word\n1,2", 10)).toEqual({
    header: ["one word"],
    rows: [["1", "2"]],
    isCut: false,
  });
});

it.each(["\n", "\r\n", "\r"])("reads lines that end with %j", (end) => {
  const text = ["a,b", '1,"x', 'y"', "", "2,z", ""].join(end);
  expect(parseCsv(text, 10)).toEqual({
    header: ["a", "b"],
    rows: [
      ["1", `x${end}y`],
      ["2", "z"],
    ],
    isCut: false,
  });
});

it("reads a file of all three kinds of line ends, and one that begins with a byte order mark", () => {
  expect(parseCsv("\ufeffa;b\r1;2\n3;4\r\n5;6", 10)).toEqual({
    header: ["a", "b"],
    rows: [
      ["1", "2"],
      ["3", "4"],
      ["5", "6"],
    ],
    isCut: false,
  });
  expect(parseCsv('\ufeff"a",b', 10).header).toEqual(["a", "b"]);
});

it("takes rows of any length, stray quotes, and quotes that are never closed", () => {
  expect(parseCsv('a,b\n1\n1,2,3\n5" nail,"6"x', 10).rows).toEqual([
    ["1"],
    ["1", "2", "3"],
    ['5" nail', "6x"],
  ]);
  expect(parseCsv('a,b\n1,"open\n2,3', 10).rows).toEqual([["1", "open\n2,3"]]);
  expect(parseCsv('a,b\n"",""""', 10).rows).toEqual([["", '"']]);
});

it("reads a cell of a megabyte, and a megabyte of quotes", () => {
  const cell = "x".repeat(1_000_000);
  expect(parseCsv(`a,b\n"${cell}",2`, 10).rows).toEqual([[cell, "2"]]);
  const quotes = '"'.repeat(500_000);
  expect(parseCsv(`a,b\n"${quotes}${quotes}",2`, 10).rows).toEqual([[quotes, "2"]]);
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
