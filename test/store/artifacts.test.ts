import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import S3rver from "s3rver";
import type { ArtifactStore } from "../../runtime/model/artifacts.ts";
import { createFolderArtifacts } from "../../runtime/store/artifacts/folder.ts";
import { createS3Artifacts } from "../../runtime/store/artifacts/s3.ts";

interface Place extends AsyncDisposable {
  readonly store: ArtifactStore;
}

async function inFolder(dir: string): Promise<Place> {
  return { store: createFolderArtifacts(join(dir, "kept")), [Symbol.asyncDispose]: () => Promise.resolve() };
}

async function inBucket(dir: string): Promise<Place> {
  const server = new S3rver({ port: 0, address: "127.0.0.1", silent: true, directory: join(dir, "s3"), configureBuckets: [{ name: "artifacts", configs: [] }] });
  const { port } = await server.run();
  // s3rver's own fixed credentials, where the SDK looks for them.
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER" });
  return { store: createS3Artifacts({ bucket: "artifacts", prefix: "runs/", region: "us-east-1", endpoint: `http://127.0.0.1:${port}` }), [Symbol.asyncDispose]: async () => void (await server.close()) };
}

for (const [name, open] of [["a folder", inFolder], ["S3-compatible storage", inBucket]] as const) {
  describe(`artifacts in ${name}`, () => {
    it("are kept, read, and removed with their run and no other", async () => {
      const dir = await mkdtemp(join(tmpdir(), "latchkey-test-"));
      await using place = await open(dir);
      const { store } = place;
      const file = join(dir, "report.txt");
      await writeFile(file, "forty-two");
      const read = async (runId: string, path: string): Promise<string | null> => {
        const stream = await store.get(runId, path);
        return stream === null ? null : text(stream);
      };
      for (const runId of ["run-1", "run-10"]) await store.put(runId, "files/a b/report.txt", file);
      expect(await read("run-1", "files/a b/report.txt")).to.equal("forty-two");
      expect(await read("run-1", "files/nothing.txt")).to.equal(null);
      await store.remove("run-1");
      expect(await read("run-1", "files/a b/report.txt")).to.equal(null);
      expect(await read("run-10", "files/a b/report.txt")).to.equal("forty-two");
      await rm(dir, { recursive: true, force: true });
    });
  });
}
