/** Where something lies on a time axis, in a form that keeps it in sight. */

/** Fewer pixels cannot be seen. */
const LEAST_PIXELS = 2;

interface BarStyle {
  readonly left: string;
  readonly width: string;
  readonly minWidth: number;
}

/**
 * `left` and `width` are fractions of the lane, 0 to 1. What begins at the lane's very end, or takes no time, is
 * still `least` pixels wide and lies inside: it begins that much earlier instead of being cut off.
 */
export function barStyle(left: number, width: number, least = LEAST_PIXELS): BarStyle {
  return {
    left: `min(${left * 100}%, 100% - ${least}px)`,
    width: `${width * 100}%`,
    minWidth: least,
  };
}
