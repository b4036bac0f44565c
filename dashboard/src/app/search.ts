/** Filters of a page as they stand in its address: plain texts, so that addresses can be read and written by hand. */
export type TextSearch = Readonly<Partial<Record<string, string>>>;

/** For the router: `?status=failed` as it is, without quotes. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries([...new URLSearchParams(text)].filter(([, value]) => value !== ""));
}

/** The other way round; what has no value is left out. */
export function stringifySearch(search: Record<string, unknown>): string {
  const entries = Object.entries(search).flatMap(([key, value]) => (typeof value === "string" && value !== "" ? [[key, value]] : []));
  return entries.length === 0 ? "" : `?${new URLSearchParams(entries).toString()}`;
}

/** For routes whose page reads its own filters. */
export function anyTexts(search: Record<string, unknown>): TextSearch {
  return Object.fromEntries(Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
