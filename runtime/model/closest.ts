import { distance } from "fastest-levenshtein";

/**
 * The known name nearest to a mistyped one, for "did you mean …?".
 *
 * @returns undefined when nothing is near enough to be a likely typing error.
 */
export function closest(wanted: string, known: readonly string[]): string | undefined {
  let best: { name: string; score: number } | undefined;
  for (const name of known) {
    const score = distance(wanted.toLowerCase(), name.toLowerCase());
    const near = score <= Math.max(2, Math.floor(name.length / 3));
    const contained = wanted.length >= 3 && name.toLowerCase().includes(wanted.toLowerCase());
    if ((near || contained) && (best === undefined || score < best.score)) best = { name, score };
  }
  return best?.name;
}
