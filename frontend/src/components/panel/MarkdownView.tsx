/**
 * Markdown as React elements. The library only cuts the text into tokens; nothing here makes HTML,
 * follows a link by itself or fetches an image.
 */

import { marked, type Token, type Tokens } from "marked";
import { Fragment, useMemo, type ReactElement, type ReactNode } from "react";
import { linkAddress, withCharacters, writtenText } from "../../model/text/markdownText";
import { CopyButton } from "../CopyButton";
import { RedactedText } from "./RedactedText";

/** Deeper nesting is shown as it was written. */
const DEEPEST = 24;

export function MarkdownView({ text }: { readonly text: string }): ReactElement {
  const tokens = useMemo(() => tokensOf(text), [text]);
  if (tokens === null) return <pre>{text}</pre>;
  return <div className="sv-markdown">{blocks(tokens, 0)}</div>;
}

/** Null for what the library does not get through: thousands of nested quotes overflow its stack. */
function tokensOf(text: string): readonly Token[] | null {
  try {
    return marked.lexer(text, { gfm: true });
  } catch {
    return null;
  }
}

function blocks(tokens: readonly Token[], depth: number): ReactNode {
  return tokens.map((token, at) => (
    <Fragment key={at}>{depth > DEEPEST ? <pre>{token.raw}</pre> : block(token, depth)}</Fragment>
  ));
}

function block(token: Token, depth: number): ReactNode {
  switch (token.type) {
    case "heading":
      // The panel's own headings end at h4; levels below it stay apart by size alone.
      return (
        <p className={`sv-md-heading sv-md-h${(token as Tokens.Heading).depth}`}>
          {inside(token, depth)}
        </p>
      );
    case "paragraph":
      return <p>{inside(token, depth)}</p>;
    case "text":
      return <>{inside(token, depth)}</>;
    case "blockquote":
      return <blockquote>{blocks(token.tokens ?? [], depth + 1)}</blockquote>;
    case "code":
      return <Code token={token as Tokens.Code} />;
    case "hr":
      return <hr />;
    case "list":
      return <List list={token as Tokens.List} depth={depth} />;
    case "table":
      return <Table table={token as Tokens.Table} depth={depth} />;
    case "html":
      return <pre>{token.raw.trimEnd()}</pre>;
    case "space":
    case "def":
      return null;
    default:
      return <p>{inside(token, depth)}</p>;
  }
}

function Code({ token }: { readonly token: Tokens.Code }): ReactElement {
  return (
    <div className="sv-text sv-code">
      <CopyButton text={token.text} what="code" className="sv-text-copy" />
      {token.lang !== undefined && token.lang !== "" && (
        <div className="sv-note sv-md-language">{withCharacters(token.lang)}</div>
      )}
      <pre tabIndex={0}>
        <RedactedText text={token.text} />
      </pre>
    </div>
  );
}

function List({
  list,
  depth,
}: {
  readonly list: Tokens.List;
  readonly depth: number;
}): ReactElement {
  const items = list.items.map((item, at) => (
    <li key={at} className={item.task ? "sv-md-task" : ""}>
      {item.task && (
        <span role="img" aria-label={item.checked === true ? "done" : "to do"}>
          {item.checked === true ? "☑" : "☐"}{" "}
        </span>
      )}
      {blocks(
        item.tokens.filter(({ type }) => type !== "checkbox"),
        depth + 1,
      )}
    </li>
  ));
  if (!list.ordered) return <ul>{items}</ul>;
  return <ol start={typeof list.start === "number" ? list.start : 1}>{items}</ol>;
}

function Table({
  table,
  depth,
}: {
  readonly table: Tokens.Table;
  readonly depth: number;
}): ReactElement {
  return (
    <div className="sv-csv" tabIndex={0} role="region" aria-label="Table">
      <table className="sv-table">
        <thead>
          <tr>
            {table.header.map((cell, at) => (
              <th key={at} scope="col">
                {inline(cell.tokens, depth)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={column}>{inline(cell.tokens, depth)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inside(token: Token, depth: number): ReactNode {
  const tokens = "tokens" in token ? token.tokens : undefined;
  return tokens ? inline(tokens, depth + 1) : <RedactedText text={writtenText(token)} />;
}

function inline(tokens: readonly Token[], depth: number): ReactNode {
  return tokens.map((token, at) => (
    <Fragment key={at}>{depth > DEEPEST ? token.raw : span(token, depth)}</Fragment>
  ));
}

function span(token: Token, depth: number): ReactNode {
  switch (token.type) {
    case "strong":
      return <strong>{inside(token, depth)}</strong>;
    case "em":
      return <em>{inside(token, depth)}</em>;
    case "del":
      return <s>{inside(token, depth)}</s>;
    case "codespan":
      return (
        <code>
          <RedactedText text={writtenText(token)} />
        </code>
      );
    case "br":
      return <br />;
    case "link":
      return <Link link={token as Tokens.Link} depth={depth} />;
    case "image":
      return <Link link={token as Tokens.Image} depth={depth} prefix="image: " />;
    case "html":
      return token.raw;
    default:
      return inside(token, depth);
  }
}

interface LinkProps {
  readonly link: Tokens.Link | Tokens.Image;
  readonly depth: number;
  readonly prefix?: string;
}

/** Only the web's own addresses can be pressed, and each one says which host it leads to. */
function Link({ link, depth, prefix = "" }: LinkProps): ReactElement {
  const words = link.type === "link" ? inside(link, depth) : writtenText(link);
  const href = linkAddress(link);
  const host = webHost(href);
  if (host === null) {
    return (
      <>
        {prefix}
        {words} <span className="sv-note">({href})</span>
      </>
    );
  }
  return (
    <>
      <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>
        {prefix}
        {words}
      </a>
      {!link.raw.includes(`[${host}`) && link.text !== link.href && link.text !== href && (
        <span className="sv-note"> ({host})</span>
      )}
    </>
  );
}

function webHost(href: string): string | null {
  try {
    const url = new URL(href);
    return url.protocol === "https:" || url.protocol === "http:" ? url.host : null;
  } catch {
    return null;
  }
}
