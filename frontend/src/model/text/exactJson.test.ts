import { describe, expect, it } from "vitest";
import { parseAsWritten, parseJson, writeJson } from "./exactJson";

describe("integers of JSON", () => {
  it("arrive as they were sent, however long", () => {
    const text =
      '{"id":107505301260286111,"limit":9007199254740993,"list":[-18446744073709551616,[12345678901234567890123]]}';
    expect(parseJson(text)).toEqual({
      id: 107505301260286111n,
      limit: 9007199254740993n,
      list: [-18446744073709551616n, [12345678901234567890123n]],
    });
    expect(writeJson(parseJson(text))).toBe(text);
  });

  it("stay numbers where a number is exact", () => {
    expect(parseJson('{"a":9007199254740991,"b":0,"c":1.5}')).toEqual({
      a: 9007199254740991,
      b: 0,
      c: 1.5,
    });
  });

  it("in texts and names are left alone", () => {
    const text = String.raw`{"9007199254740993":"9007199254740993","a\"9007199254740993":"\\","b":9007199254740993}`;
    expect(writeJson(parseJson(text))).toBe(text);
    expect(parseJson(text)).toMatchObject({ "9007199254740993": "9007199254740993" });
  });

  it("are told from a text that looks like the mark of one", () => {
    const value = { text: "\ue0009007199254740993", more: "\ue000\ue0001", id: 9007199254740993n };
    expect(parseJson(writeJson(value))).toEqual(value);
  });

  it("are indented as all of the text", () => {
    expect(writeJson({ id: [9007199254740993n] }, 2)).toBe(
      '{\n  "id": [\n    9007199254740993\n  ]\n}',
    );
  });

  it("are refused where JSON refuses them", () => {
    for (const text of [
      "[01234567890123456789]",
      "[1234567890123456789",
      "[--1234567890123456789]",
    ]) {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    }
  });
});

describe("a text that is shown as JSON", () => {
  it("is not, where a number would be shown otherwise", () => {
    expect(parseAsWritten('{"a":0.1234567890123456789}')).toBeUndefined();
    expect(parseAsWritten('{"a":1e400}')).toBeUndefined();
    expect(parseAsWritten('{"a":-1E999}')).toBeUndefined();
  });

  it("is, where every number is kept", () => {
    expect(parseAsWritten('{"a":0.30000000000000004,"b":1e3,"c":9007199254740993}')).toEqual({
      a: 0.30000000000000004,
      b: 1000,
      c: 9007199254740993n,
    });
    expect(parseAsWritten('{"a":"1e400 0.1234567890123456789"}')).toEqual({
      a: "1e400 0.1234567890123456789",
    });
  });

  it("is not, where it is no JSON", () => {
    expect(parseAsWritten("{")).toBeUndefined();
  });
});
