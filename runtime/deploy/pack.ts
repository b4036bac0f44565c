import { join } from "node:path";
import { create } from "tar";
import type { Manifest } from "../model/deployment.ts";

/** Every file of a deployment besides its manifest, sorted. */
export function filesOf({ targets, setupContext, files }: Pick<Manifest, "targets" | "setupContext" | "files">): readonly { readonly file: string; readonly sha256: string; readonly sizeBytes: number }[] {
  return [...targets, ...(setupContext === null ? [] : [setupContext]), ...files].map(({ file, sha256, sizeBytes }) => ({ file, sha256, sizeBytes })).sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** A build as one archive, in memory: bundles are small. Nothing of this machine is in it, and the same build gives the same bytes. */
export async function pack(manifest: Manifest, dir: string): Promise<Buffer> {
  const stream = create({ gzip: { level: 6 }, cwd: dir, portable: true, noMtime: true, strict: true, follow: true }, filesOf(manifest).map(({ file }) => join(".", file)));
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}
