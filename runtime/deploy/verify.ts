import { createHash } from "node:crypto";
import { posix } from "node:path";
import { Ajv } from "ajv";
import { list, type ReadEntry } from "tar";
import type { Manifest } from "../model/deployment.ts";
import { LatchkeyError } from "../model/errors.ts";
import { MANIFEST_SCHEMA } from "../model/manifest-schema.ts";
import { filesOf } from "./pack.ts";

/** Largest archive that is taken, unpacked too. */
export const MAX_ARCHIVE_BYTES = 64 * 1024 * 1024;
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

const validate = new Ajv({ strict: false }).compile<Manifest>(MANIFEST_SCHEMA);

/** Where a manifest's own hash is checked with; given, since it belongs to building. */
export type HashContent = (content: Omit<Manifest, "contentHash">) => string;

/**
 * Holds an upload to its manifest: schema, paths that stay inside, every file there with its size and hash, nothing else.
 *
 * @returns the manifest and the files by path.
 * @throws LatchkeyError `DEPLOYMENT_INVALID`.
 */
export async function verifyUpload(rawManifest: unknown, archive: Buffer, hashContent: HashContent): Promise<{ readonly manifest: Manifest; readonly files: ReadonlyMap<string, Buffer> }> {
  if (!validate(rawManifest)) throw invalid(`the manifest's ${describe()}`);
  const manifest: Manifest = rawManifest;
  const { contentHash, ...content } = manifest;
  if (hashContent(content) !== contentHash) throw invalid("the manifest does not fit its own hash");
  const wanted = filesOf(manifest);
  for (const { file } of wanted) if (!isInside(file)) throw invalid(`the path ${JSON.stringify(file)} leads out of the deployment`);
  if (new Set(wanted.map(({ file }) => file)).size !== wanted.length) throw invalid("the manifest names a file twice");
  if (wanted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > MAX_UNPACKED_BYTES) throw invalid(`it is larger than ${MAX_UNPACKED_BYTES} bytes`);
  const files = await readArchive(archive, new Map(wanted.map((file) => [file.file, file.sizeBytes])));
  for (const { file, sha256, sizeBytes } of wanted) {
    const bytes = files.get(file);
    if (bytes === undefined) throw invalid(`${file} is missing`);
    if (bytes.length !== sizeBytes || createHash("sha256").update(bytes).digest("hex") !== sha256) throw invalid(`${file} is not what the manifest says`);
  }
  return { manifest, files };
}

async function readArchive(archive: Buffer, wanted: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  let problem: LatchkeyError | null = null;
  const refuse = (entry: ReadEntry, why: string): void => {
    problem ??= invalid(why);
    entry.resume();
  };
  await new Promise<void>((resolve, reject) => {
    const parser = list({
      strict: true,
      onReadEntry(entry) {
        const path = entry.path.replace(/^\.\//, "");
        const size = wanted.get(path);
        if (entry.type === "Directory") return void entry.resume();
        if (entry.type !== "File" && entry.type !== "OldFile") return refuse(entry, `${JSON.stringify(path)} is no plain file`);
        if (size === undefined || files.has(path)) return refuse(entry, `${JSON.stringify(path)} is not in the manifest`);
        if (entry.size !== size) return refuse(entry, `${path} is not what the manifest says`);
        const chunks: Buffer[] = [];
        entry.on("data", (chunk: Buffer) => chunks.push(chunk));
        entry.on("end", () => files.set(path, Buffer.concat(chunks)));
      },
    });
    parser.on("error", reject);
    parser.on("finish", resolve);
    parser.end(archive);
  }).catch((cause: unknown) => {
    throw new LatchkeyError("DEPLOYMENT_INVALID", "The deployment's archive cannot be read: it is no gzipped tar.", { cause });
  });
  if (problem !== null) throw problem as LatchkeyError;
  return files;
}

/** A relative path of plain names: no way up, no absolute one, nothing that another system reads differently. */
function isInside(file: string): boolean {
  return !file.startsWith("/") && posix.normalize(file) === file && file.split("/").every((name) => name !== ".." && name !== "." && name !== "" && name !== "node_modules") && !/[\\\0:]/.test(file) && file !== "manifest.json";
}

function describe(): string {
  const [error] = validate.errors ?? [];
  return `${error?.instancePath === "" || error === undefined ? "content" : error.instancePath.slice(1).replaceAll("/", ".")} ${error?.message ?? "is not valid"}`;
}

function invalid(why: string): LatchkeyError {
  return new LatchkeyError("DEPLOYMENT_INVALID", `The deployment was refused: ${why}.`);
}
