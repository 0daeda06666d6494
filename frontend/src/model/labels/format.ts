/** Formats every number that the tab shows; `exact…` is for hover and copy. */

import { millisecondsFromNanos, NANOS_PER_SECOND, type Nanos } from "../time/time";

const MICROSECOND = 1_000;
const MILLISECOND = 1_000_000;
const SECOND = 1_000_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Three significant digits at most, and never a digit that the unit does not need. */
function threeDigits(value: number): string {
  if (value >= 99.95) return String(Math.round(value));
  if (value >= 9.995) return value.toFixed(1);
  return value.toFixed(2);
}

function twoPlaces(value: number): string {
  return String(value).padStart(2, "0");
}

/** `0 µs`, `850 µs`, `12.3 ms`, `4.82 s`, `1 min 05 s`, `2 h 07 min`, `3 d 04 h`. */
export function formatDuration(length: Nanos): string {
  const nanos = Number(length);
  if (nanos < 0) return `−${formatDuration(-length)}`;
  if (nanos < MICROSECOND) return nanos === 0 ? "0 µs" : "< 1 µs";
  if (nanos < 999.5 * MICROSECOND) return `${Math.round(nanos / MICROSECOND)} µs`;
  if (nanos < 999.5 * MILLISECOND) return `${threeDigits(nanos / MILLISECOND)} ms`;
  if (nanos < 59.95 * SECOND) return `${threeDigits(nanos / SECOND)} s`;
  if (nanos < HOUR - SECOND / 2) {
    const seconds = Math.round(nanos / SECOND);
    return `${Math.floor(seconds / 60)} min ${twoPlaces(seconds % 60)} s`;
  }
  if (nanos < 2 * DAY - MINUTE / 2) {
    const minutes = Math.round(nanos / MINUTE);
    return `${Math.floor(minutes / 60)} h ${twoPlaces(minutes % 60)} min`;
  }
  const hours = Math.round(nanos / HOUR);
  return `${Math.floor(hours / 24)} d ${twoPlaces(hours % 24)} h`;
}

/** Formats a length of time that is a number of nanoseconds. */
export function formatNanos(nanos: number): string {
  return formatDuration(BigInt(Math.round(nanos)));
}

/** `4.820123456 s`: all that is known. */
export function exactDuration(length: Nanos): string {
  const sign = length < 0n ? "−" : "";
  const nanos = length < 0n ? -length : length;
  const fraction = String(nanos % NANOS_PER_SECOND).padStart(9, "0");
  return `${sign}${nanos / NANOS_PER_SECOND}.${fraction} s`;
}

/** A tick of the time axis: `0`, `250 ms`, `1.5 s`; with as many decimals as ticks `step` apart need. */
export function formatTick(nanos: number, step = nanos): string {
  if (nanos === 0) return "0";
  const [unit, name] = tickUnit(nanos);
  const places = Math.max(0, Math.ceil(-Math.log10(Math.max(step, 1) / unit) - 1e-9));
  return `${trimmed((nanos / unit).toFixed(Math.min(6, Math.max(places, step === nanos ? 2 : 0))))} ${name}`;
}

function tickUnit(nanos: number): readonly [number, string] {
  if (nanos < MILLISECOND) return [MICROSECOND, "µs"];
  if (nanos < SECOND) return [MILLISECOND, "ms"];
  if (nanos < MINUTE) return [SECOND, "s"];
  return nanos < HOUR ? [MINUTE, "min"] : [HOUR, "h"];
}

function trimmed(decimal: string): string {
  return decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal;
}

/** `14:02:11` in the reader's own time zone. */
function formatClock(moment: Nanos): string {
  const date = new Date(millisecondsFromNanos(moment));
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoPlaces).join(":");
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** The clock alone for today, `3 Nov 14:02:11` within the year, with the year beyond it. */
export function formatMoment(moment: Nanos, now: Nanos): string {
  const date = new Date(millisecondsFromNanos(moment));
  const today = new Date(millisecondsFromNanos(now));
  const clock = formatClock(moment);
  if (date.toDateString() === today.toDateString()) return clock;
  const day = `${date.getDate()} ${MONTHS[date.getMonth()] ?? ""}`;
  return date.getFullYear() === today.getFullYear()
    ? `${day} ${clock}`
    : `${day} ${date.getFullYear()} ${clock}`;
}

/** ISO 8601 in UTC with all nine digits. */
export function exactMoment(moment: Nanos): string {
  const seconds = new Date(millisecondsFromNanos(moment)).toISOString().slice(0, 19);
  return `${seconds}.${String(moment % NANOS_PER_SECOND).padStart(9, "0")}Z`;
}

/** `188`, `3,120`, `11.4k`, `1.25M`. */
export function formatCount(count: number): string {
  if (count < 10_000) return exactCount(count);
  if (count < 999_500) return `${threeDigits(count / 1_000)}k`;
  return `${threeDigits(count / 1_000_000)}M`;
}

/** `11,432`. */
export function exactCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/**
 * `$0`, `$0.0132`, `$0.000041`, `$1.27`: at least two significant digits; four decimals from a cent on, two from a
 * dollar on.
 */
export function formatCost(nanoUsd: number): string {
  if (nanoUsd === 0) return "$0";
  const usd = nanoUsd / 1e9;
  if (usd >= 1) return `$${usd.toFixed(2)}`;
  if (usd >= 0.00995) return `$${usd.toFixed(4)}`;
  const places = Math.min(9, 1 - Math.floor(Math.log10(usd)));
  return `$${usd.toFixed(places)}`;
}

/** `$0.013245600`: to the last nano-dollar. */
export function exactCost(nanoUsd: number): string {
  const whole = Math.floor(nanoUsd / 1e9);
  return `$${whole}.${String(nanoUsd - whole * 1e9).padStart(9, "0")}`;
}

/** Per million tokens, as price lists have it: every digit that the arithmetic needs, two at least. */
export function formatPrice(nanoUsdPerToken: number): string {
  const usd = nanoUsdPerToken / 1e3;
  const [whole = "0", fraction = ""] = String(Number(usd.toFixed(6))).split(".");
  return `$${whole}.${fraction.padEnd(2, "0")} per million`;
}

/** `812 B`, `12.3 KB`, `4.02 MB`: powers of a thousand. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 999_500) return `${threeDigits(bytes / 1_000)} KB`;
  if (bytes < 999_500_000) return `${threeDigits(bytes / 1_000_000)} MB`;
  return `${threeDigits(bytes / 1_000_000_000)} GB`;
}

/** `1 span`, `12 spans`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${exactCount(count)} ${count === 1 ? one : many}`;
}

/** `exec_01J9ABCDEF…` → its first and last characters, when it is too long for a breadcrumb. */
export function shortId(id: string): string {
  return id.length <= 20 ? id : `${id.slice(0, 9)}…${id.slice(-6)}`;
}
