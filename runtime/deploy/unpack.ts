import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LatchkeyError } from "../model/errors.ts";

/** Names that project code imports and that mean this very runtime. */
const RUNTIME_PACKAGES = ["latchkey", "@intuned/runtime"];

/** How a deployment becomes a folder. */
export interface UnpackOptions {
  /** Deployments lie here by the hash of their content. */
  readonly dir: string;
  readonly contentHash: string;
  readonly files: ReadonlyMap<string, Buffer>;
  /** File URL of what `import "latchkey"` means. */
  readonly runtimeEntry: string;
}

/** The folder of a deployment of that content, if it was unpacked before. */
export function unpackedDir(dir: string, contentHash: string): string | null {
  const folder = join(dir, contentHash);
  return existsSync(folder) ? folder : null;
}

/** Writes the files beside their place and moves them there as a whole. @throws LatchkeyError `ENVIRONMENT` */
export async function unpack({ dir, contentHash, files, runtimeEntry }: UnpackOptions): Promise<string> {
  const folder = join(dir, contentHash);
  const temporary = join(dir, `${contentHash}.${randomBytes(4).toString("hex")}.tmp`);
  try {
    for (const [file, bytes] of files) {
      await mkdir(dirname(join(temporary, file)), { recursive: true, mode: 0o700 });
      await writeFile(join(temporary, file), bytes, { mode: 0o600 });
    }
    for (const name of RUNTIME_PACKAGES) {
      const place = join(temporary, "node_modules", name);
      await mkdir(place, { recursive: true, mode: 0o700 });
      await writeFile(join(place, "package.json"), JSON.stringify({ name, type: "module", exports: "./index.js" }));
      await writeFile(join(place, "index.js"), `export * from ${JSON.stringify(runtimeEntry)};\n`);
    }
    await rename(temporary, folder).catch((thrown: unknown) => {
      // Another worker of the machine was faster with the same content.
      if (!existsSync(folder)) throw thrown;
    });
    return folder;
  } catch (cause) {
    throw new LatchkeyError("ENVIRONMENT", `The deployment cannot be unpacked into ${dir}: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
