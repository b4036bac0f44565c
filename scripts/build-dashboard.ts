import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "vite";
import config, { OUT_DIR } from "../dashboard/vite.config.ts";

/** What a browser loads before it shows the first page, compressed. */
const MAX_FIRST_BYTES = 400 * 1_000;
/** Pages that are shown first: of them, too, all that they load counts. */
const FIRST_PAGES = /^(?:SignInPage|HomePage)-/;

/** Builds `dist/dashboard`. @returns whether it is small enough; says how large it is. */
export async function buildDashboard(): Promise<boolean> {
  const result = await build({ ...config, configFile: false, logLevel: "warn" });
  const outputs = "on" in result ? [] : [result].flat().flatMap(({ output }) => output);
  const html = readFileSync(join(OUT_DIR, "index.html"), "utf8");
  const first = new Set<string>();
  const add = (fileName: string): void => {
    if (first.has(fileName)) return;
    first.add(fileName);
    const chunk = outputs.find((output) => output.fileName === fileName);
    if (chunk?.type === "chunk") for (const imported of chunk.imports) add(imported);
  };
  for (const fileName of globSync("assets/*.{js,css}", { cwd: OUT_DIR })) {
    const name = fileName.slice("assets/".length);
    if (html.includes(fileName) || FIRST_PAGES.test(name)) add(fileName);
  }
  const sizeBytes = [...first].reduce((sum, fileName) => sum + gzipSync(readFileSync(join(OUT_DIR, fileName)), { level: 9 }).length, 0);
  process.stdout.write(`dashboard: the first page loads ${Math.round(sizeBytes / 1_000)} KB gzipped in ${first.size} files (at most ${MAX_FIRST_BYTES / 1_000} KB)\n`);
  // The server sends these as they are, rather than compress at each request.
  for (const fileName of globSync("assets/*.{js,css}", { cwd: OUT_DIR })) {
    const path = join(OUT_DIR, fileName);
    const content = readFileSync(path);
    writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
    writeFileSync(`${path}.br`, brotliCompressSync(content));
  }
  return sizeBytes <= MAX_FIRST_BYTES;
}
