import { describe, expect, it } from "vitest";
import { runToEnd } from "../scheduler";
import { comparisonSteps, folded, type Comparison } from "./compare";

function compare(left: string, right: string): Comparison {
  return runToEnd(comparisonSteps(left, right));
}

/** `= line`, `- line`, `+ line`; of a changed line `~` with `[-left-]{+right+}` in it. */
function told(left: string, right: string): readonly string[] {
  return compare(left, right).rows.map((row) => {
    if (row.kind === "same") return `= ${row.left ?? ""}`;
    if (row.kind === "left") return `- ${row.left ?? ""}`;
    if (row.kind === "right") return `+ ${row.right ?? ""}`;
    const marks = { same: ["", ""], left: ["[-", "-]"], right: ["{+", "+}"] } as const;
    return `~ ${row.pieces.map(({ kind, text }) => marks[kind].join(text)).join("")}`;
  });
}

describe("JSON", () => {
  it("is compared by key: neither a newline nor the indentation belongs to what was changed", () => {
    const left = '{\n  "id": 7,\n  "to": {\n    "city": "Bonn"\n  }\n}';
    const right = '{\n  "id": 8,\n  "to": {\n    "city": "Kiel"\n  }\n}';
    expect(told(left, right)).toEqual([
      "= {",
      '~   "id": [-7-]{+8+}',
      '=   "to": {',
      '~     "city": "[-Bonn-]{+Kiel+}"',
      "=   }",
      "= }",
    ]);
  });

  it("is the same data in any order of keys, and says so", () => {
    const { sameness, rows } = compare('{"a":1,"b":[1,2]}', '{ "b": [1, 2],\n"a": 1 }');
    expect(sameness).toBe("form");
    expect(rows.map(({ kind }) => kind)).toEqual(Array(7).fill("same"));
  });

  it("shows members and items that stand on one side alone", () => {
    expect(told('{"a": 1, "old": {"x": []}}', '{"new": null, "a": 1}')).toEqual([
      "= {",
      '=   "a": 1',
      '-   "old": {',
      '-     "x": []',
      "-   }",
      '+   "new": null',
      "= }",
    ]);
    expect(told("[1, 2, 3]", "[0, 1, 3]")).toEqual([
      "= [",
      "+   0",
      "=   1",
      "-   2",
      "=   3",
      "= ]",
    ]);
    expect(told("[]", "[1]")).toEqual(["= [", "+   1", "= ]"]);
    expect(told('{"a": {}}', '{"a": 1}')).toEqual(["= {", '~   "a": [-{}-]{+1+}', "= }"]);
    expect(told('{"a": [1]}', '{"a": 1}')).toEqual([
      "= {",
      '-   "a": [',
      "-     1",
      "-   ]",
      '+   "a": 1',
      "= }",
    ]);
  });

  it("finds items that moved, whatever the order of their keys", () => {
    expect(told('[{"id":1,"n":2},{"id":3}]', '[{"id":3},{"n":2,"id":1}]')).toEqual([
      "= [",
      "-   {",
      '-     "id": 1',
      '-     "n": 2',
      "-   }",
      "=   {",
      '=     "id": 3',
      "=   }",
      "+   {",
      '+     "n": 2',
      '+     "id": 1',
      "+   }",
      "= ]",
    ]);
  });

  it("does not round numbers, and does not take names for what JavaScript has by itself", () => {
    expect(told('{"n": 9007199254740993}', '{"n": 9007199254740992}')).toEqual([
      "= {",
      '~   "n": [-9007199254740993-]{+9007199254740992+}',
      "= }",
    ]);
    expect(compare('{"a": 1.0}', '{"a": 1}').sameness).toBe("form");
    expect(told('{"__proto__": 1}', '{"constructor": 1}')).toEqual([
      "= {",
      '-   "__proto__": 1',
      '+   "constructor": 1',
      "= }",
    ]);
  });

  it("is compared by line where one side is none, and where it is nested too deep", () => {
    expect(told('{"a": 1}', "{a: 1}")).toEqual(['~ {[-"-]a[-"-]: 1}']);
    const deep = "[".repeat(20_000) + "]".repeat(20_000);
    expect(compare(deep, `${deep} `).rows.map(({ kind }) => kind)).toEqual(["changed"]);
  });

  it("of a thousand members on one line shows the one that was changed", () => {
    const members = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`key${at}`, at]));
    const [left, right] = [members, { ...members, key500: "x" }].map((value) =>
      JSON.stringify(value),
    );
    const { rows } = compare(left ?? "", right ?? "");
    expect(rows.filter(({ kind }) => kind !== "same")).toHaveLength(1);
    expect(folded(rows).map(({ type, rows: some }) => [type, some.length])).toEqual([
      ["folded", 498],
      ["rows", 7],
      ["folded", 497],
    ]);
  });
});

describe("text", () => {
  it("is compared by line, then by word", () => {
    expect(told("the old cat\nsat\ndown", "the new cat\nsat\nup\nthere")).toEqual([
      "~ the [-old-]{+new+} cat",
      "= sat",
      "~ [-down-]{+up+}",
      "+ there",
    ]);
    expect(told("a\nb\n\nc", "a\nb\n\nX\n\nc")).toEqual(["= a", "= b", "= ", "+ X", "+ ", "= c"]);
  });

  it("is the same where it is the same, and says where line ends alone are not", () => {
    expect(compare("a\nb", "a\nb").sameness).toBe("same");
    expect(compare("a\r\nb\rc", "a\nb\nc").sameness).toBe("line-ends");
    expect(compare("a\r\nb", "a\nc").rows.map(({ kind }) => kind)).toEqual(["same", "changed"]);
  });

  it("is shown whole where the other side has none", () => {
    expect(told("", "a\nb")).toEqual(["+ a", "+ b"]);
    expect(told('{"a":1}', "")).toEqual(["- {", '-   "a": 1', "- }"]);
    expect([compare("", "a").sameness, compare("a", "").sameness]).toEqual([
      "right-only",
      "left-only",
    ]);
    expect(compare("", "")).toEqual({ sameness: "same", rows: [] });
  });

  it("takes two lines with hardly anything in common for two, and keeps their indentation", () => {
    expect(told("  I am not here today", "  they were all asleep")).toEqual([
      "~   [-I am not here today-]{+they were all asleep+}",
    ]);
  });

  it("keeps together what belongs together", () => {
    expect(told("mail [REDACTED:email] now", "mail [REDACTED:phone] now")).toEqual([
      "~ mail [-[REDACTED:email]-]{+[REDACTED:phone]+} now",
    ]);
    expect(told("one two three", "one 2 3 three")).toEqual(["~ one [-two-]{+2 3+} three"]);
    expect(told("我喜欢猫和狗", "我喜欢鸟和狗")).toEqual(["~ 我喜欢[-猫-]{+鸟+}和狗"]);
    expect(told("a very nice 👩‍🚀 here", "a very nice 👨‍🚀 here")).toEqual([
      "~ a very nice [-👩‍🚀-]{+👨‍🚀+} here",
    ]);
    expect(told("der Käse war gut", "der Kase war gut")).toEqual([
      "~ der [-Käse-]{+Kase+} war gut",
    ]);
  });

  it("finds 12 changed words among 6,000 on one line", () => {
    const words = Array.from({ length: 6_000 }, (_, at) => `word${at % 977}`);
    const changed = words.map((word, at) => (at % 500 === 250 ? "other" : word));
    const [row, ...others] = compare(words.join(" "), changed.join(" ")).rows;
    expect(others).toEqual([]);
    expect(row?.pieces.filter(({ kind }) => kind === "right")).toEqual(
      Array(12).fill({ kind: "right", text: "other" }),
    );
    expect(row?.pieces).toHaveLength(37);
  });

  it("of 200 KB that have nothing in common says that, and finds one line of 200 KB", () => {
    const lines = (name: string): string =>
      Array.from({ length: 10_000 }, (_, at) => `${name} line ${(at * 7_919) % 10_007}`).join("\n");
    expect(compare(lines("one"), lines("two")).rows).toHaveLength(10_000);
    const shuffled = lines("one").split("\n").reverse().join("\n");
    expect(compare(lines("one"), shuffled).sameness).toBe("different");
    const long = lines("one").replace("one line 7919\n", "another\n");
    expect(compare(lines("one"), long).rows.filter(({ kind }) => kind !== "same")).toHaveLength(1);
  });
});

describe("folding", () => {
  const row = (kind: "same" | "left") => ({
    kind,
    left: "x",
    right: kind === "same" ? "x" : null,
    pieces: [],
  });
  const kinds = (text: string) =>
    folded(Array.from(text, (sign) => row(sign === "=" ? "same" : "left"))).map(
      ({ type, rows }) => `${type} ${rows.length}`,
    );

  it("leaves three lines beside a change, and folds no three lines", () => {
    expect(kinds("==========-==========")).toEqual(["folded 7", "rows 7", "folded 7"]);
    expect(kinds("======-======")).toEqual(["rows 13"]);
    expect(kinds("-==========-")).toEqual(["rows 4", "folded 4", "rows 4"]);
    expect(kinds("-=========-")).toEqual(["rows 11"]);
    expect(kinds("====")).toEqual(["folded 4"]);
    expect(kinds("---")).toEqual(["rows 3"]);
    expect(kinds("")).toEqual([]);
  });
});
