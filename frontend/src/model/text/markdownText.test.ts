import { marked, type Token, type Tokens } from "marked";
import { describe, expect, it } from "vitest";
import { linkAddress, withCharacters, writtenText } from "./markdownText";

/** The texts of all tokens that have none inside, in order. */
function texts(markdown: string): readonly string[] {
  const found: string[] = [];
  const go = (tokens: readonly Token[]): void => {
    for (const token of tokens) {
      const inside = "tokens" in token ? token.tokens : undefined;
      if (inside && inside.length > 0 && token.type !== "image") go(inside);
      else if (token.type !== "space") found.push(writtenText(token));
    }
  };
  go(marked.lexer(markdown, { gfm: true }));
  return found;
}

function link(markdown: string): string {
  const paragraph = marked.lexer(markdown, { gfm: true })[0] as Tokens.Paragraph;
  return linkAddress(paragraph.tokens[0] as Tokens.Link);
}

describe("character references", () => {
  it.each([
    ["&copy; 2026 &mdash; caf&eacute; &frac34; &ngE;", "© 2026 — café ¾ ≧̸"],
    ["&#35; &#1234; &#X22; &#xcab;", '# Ӓ " ಫ'],
    ["&lt;b&gt; &amp; &quot;&nbsp;&#39;", "<b> & \"\u00a0'"],
    ["&amp;copy; &#38;copy;", "&copy; &copy;"],
    ["&#0; &#xD800; &#x110000;", "\ufffd \ufffd \ufffd"],
    [
      "&nope; &copy &MadeUpEntity; AT&T; & &; &#; &#x;",
      "&nope; &copy &MadeUpEntity; AT&T; & &; &#; &#x;",
    ],
  ])("%s", (written, shown) => {
    expect(texts(written)).toEqual([shown]);
    expect(texts(`# ${written}`)).toEqual([shown]);
    expect(texts(`> ${written}`)).toEqual([shown]);
  });

  it("stay as they are in code, after a backslash, and are no Markdown", () => {
    expect(texts("`&copy; &lt;b&gt;`")).toEqual(["&copy; &lt;b&gt;"]);
    expect(texts("```\n&copy; &amp;\n```")).toEqual(["&copy; &amp;"]);
    expect(texts("    &copy;")).toEqual(["&copy;"]);
    expect(texts("\\&copy;").join("")).toBe("&copy;");
    expect(texts("&#42;no emphasis&#42;")).toEqual(["*no emphasis*"]);
  });

  it("are decoded in addresses and in what stands for a picture, and cannot hide a script", () => {
    expect(link("[x](http://a.example/?b=1&amp;c=&auml;)")).toBe("http://a.example/?b=1&c=ä");
    expect(link("[x](javascript&colon;alert(1))")).toBe("javascript:alert(1)");
    expect(link("http://a.example/?b=1&amp;c=2")).toBe("http://a.example/?b=1&amp;c=2");
    expect(texts("![f&ouml;o](i.png)")).toEqual(["föo"]);
  });

  it("are found in time in a text of nothing else", () => {
    expect(withCharacters("&".repeat(200_000))).toHaveLength(200_000);
    expect(withCharacters("&copy;".repeat(40_000))).toBe("©".repeat(40_000));
  });
});
