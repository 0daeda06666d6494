/** Where something lies on a time axis, in a form that keeps it in sight. */

/** Fewer pixels cannot be seen. */
const LEAST_PIXELS = 2;
/** Before this part of the lane there is room for the least width: a plain place costs the browser less to read. */
const NEAR_THE_END = 0.9;

interface BarStyle {
  readonly left: string;
  readonly width: string;
}

/**
 * `left` and `width` are fractions of the lane, 0 to 1. What begins at the lane's very end, or takes no time, lies
 * inside: it begins `least` pixels earlier instead of being cut off. Its class gives it that least width.
 */
export function barStyle(left: number, width: number, least = LEAST_PIXELS): BarStyle {
  const place = `${left * 100}%`;
  return {
    left: left < NEAR_THE_END ? place : `min(${place}, 100% - ${least}px)`,
    width: `${width * 100}%`,
  };
}
