import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const SOURCES = fileURLToPath(new URL(".", import.meta.url));

/** What each module imports, types and dynamic imports included. */
type ImportGraph = ReadonlyMap<string, readonly string[]>;

function importGraph(): ImportGraph {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.tsx?$/.test(file),
  );
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(SOURCES, file), "utf8"));
      const imports = importedFiles.flatMap(({ fileName }) => {
        if (!fileName.startsWith(".")) return [];
        const path = normalize(join(dirname(file), fileName));
        const candidates = [`${path}.ts`, `${path}.tsx`, join(path, "index.ts")];
        return candidates.filter((candidate) => known.has(candidate));
      });
      return [file, imports];
    }),
  );
}

/** Returns one cycle for each import that closes one, as the path from a module back to itself. */
function cyclesIn(graph: ImportGraph): readonly string[] {
  const cycles: string[] = [];
  const path: string[] = [];
  const done = new Set<string>();
  const visit = (module: string): void => {
    const start = path.indexOf(module);
    if (start >= 0) cycles.push([...path.slice(start), module].join(" > "));
    if (start >= 0 || done.has(module)) return;
    path.push(module);
    for (const imported of graph.get(module) ?? []) visit(imported);
    path.pop();
    done.add(module);
  };
  for (const module of graph.keys()) visit(module);
  return cycles;
}

it("finds no import cycle in the page", () => {
  const graph = importGraph();
  expect(graph.get("main.tsx")).toContain("page.tsx");
  expect(graph.get("components/TraceTab.tsx")).toContain("components/panel/Gallery.tsx");
  expect(cyclesIn(graph)).toEqual([]);
});

it("names the modules of a cycle", () => {
  const graph = new Map([
    ["a", ["b", "c"]],
    ["b", ["c"]],
    ["c", ["d", "b"]],
    ["d", []],
  ]);
  expect(cyclesIn(graph)).toEqual(["b > c > b"]);
});
