/** A copy with `part`; what is undefined in it is left out, so that the server's own default holds. */
export function withPart<T extends object>(whole: T, part: { readonly [K in keyof T]?: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries({ ...whole, ...part }).filter(([, value]) => value !== undefined)) as T;
}
