/**
 * Reads the fields of one JSON object and refuses what the contract does not allow.
 *
 * `W` is a generated wire type: when the API renames a field or changes its type, tsc fails. An answer that does not
 * have the type raises a ProblemError here, so that other folders need not check again.
 */

import { ProblemError } from "../model/problem";
import type { Json } from "../model/trace/span";
import type { Nanos } from "../model/time/time";

/** Keys of `W` whose values, when present, are of type `V`. */
type KeysOf<W, V> = {
  [K in keyof W]-?: NonNullable<W[K]> extends V ? K : never;
}[keyof W] &
  string;

/** Keys of `W` that are required. */
type Required<W> = { [K in keyof W]-?: undefined extends W[K] ? never : K }[keyof W];

type Path = () => string;

export class Fields<W> {
  private constructor(
    private readonly record: Readonly<Record<string, unknown>>,
    private readonly path: Path,
  ) {}

  static of<W>(value: unknown, path: Path): Fields<W> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw broken(path(), "an object");
    }
    return new Fields<W>(value as Record<string, unknown>, path);
  }

  text(key: KeysOf<W, string> & Required<W>): string {
    const value = this.record[key];
    if (typeof value !== "string") throw this.broken(key, "text");
    return value;
  }

  textOrNull(key: KeysOf<W, string>): string | null {
    return this.isAbsent(key) ? null : this.text(key as KeysOf<W, string> & Required<W>);
  }

  number(key: KeysOf<W, number> & Required<W>): number {
    const given = this.record[key];
    const value = typeof given === "bigint" ? Number(given) : given;
    if (typeof value !== "number" || !Number.isFinite(value)) throw this.broken(key, "a number");
    return value;
  }

  numberOrNull(key: KeysOf<W, number>): number | null {
    return this.isAbsent(key) ? null : this.number(key as KeysOf<W, number> & Required<W>);
  }

  nanos(key: KeysOf<W, string> & Required<W>): Nanos {
    const value = this.record[key];
    if (typeof value !== "string" || !/^[0-9]{1,20}$/.test(value)) {
      throw this.broken(key, "nanoseconds as decimal text");
    }
    return BigInt(value);
  }

  nanosOrNull(key: KeysOf<W, string>): Nanos | null {
    return this.isAbsent(key) ? null : this.nanos(key as KeysOf<W, string> & Required<W>);
  }

  oneOf<V extends string>(key: KeysOf<W, string> & Required<W>, values: readonly V[]): V {
    const value = this.record[key];
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) throw this.broken(key, `one of ${values.join(", ")}`);
    return found;
  }

  flag(key: KeysOf<W, boolean> & Required<W>): boolean {
    const value = this.record[key];
    if (typeof value !== "boolean") throw this.broken(key, "true or false");
    return value;
  }

  /** An absent list is an empty one. */
  list<T>(key: keyof W & string, decode: (value: unknown, path: Path) => T): readonly T[] {
    return this.listOrNull(key, decode) ?? [];
  }

  listOrNull<T>(
    key: keyof W & string,
    decode: (value: unknown, path: Path) => T,
  ): readonly T[] | null {
    if (this.isAbsent(key)) return null;
    const value = this.record[key];
    if (!Array.isArray(value)) throw this.broken(key, "a list");
    return value.map((item, position) => decode(item, () => `${this.at(key)}[${position}]`));
  }

  object<T>(key: keyof W & Required<W> & string, decode: (value: unknown, path: Path) => T): T {
    return decode(this.record[key], () => this.at(key));
  }

  objectOrNull<T>(key: keyof W & string, decode: (value: unknown, path: Path) => T): T | null {
    return this.isAbsent(key) ? null : decode(this.record[key], () => this.at(key));
  }

  /** Reads captured JSON of any type; `undefined` when the field is absent. */
  json(key: keyof W & string): Json | undefined {
    return this.record[key] as Json | undefined;
  }

  map(key: keyof W & string): Readonly<Record<string, Json>> {
    const value = this.record[key] ?? {};
    if (typeof value !== "object" || Array.isArray(value)) throw this.broken(key, "an object");
    return value as Record<string, Json>;
  }

  private isAbsent(key: string): boolean {
    return this.record[key] === undefined || this.record[key] === null;
  }

  private at(key: string): string {
    const before = this.path();
    return before ? `${before}.${key}` : key;
  }

  private broken(key: string, expected: string): ProblemError {
    return broken(this.at(key), expected);
  }
}

function broken(path: string, expected: string): ProblemError {
  return new ProblemError("contract", `${path || "The answer"} should be ${expected}.`);
}

/** Decodes a number in a list; raises a ProblemError for anything else. */
export function numberItem(value: unknown, path: Path): number {
  if (typeof value !== "number") throw broken(path(), "a number");
  return value;
}

/** Decodes a text in a list; raises a ProblemError for anything else. */
export function textItem(value: unknown, path: Path): string {
  if (typeof value !== "string") throw broken(path(), "text");
  return value;
}
