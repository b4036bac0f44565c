import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { DeleteObjectsCommand, GetObjectCommand, ListObjectsV2Command, NoSuchKey, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { ArtifactStore } from "../../model/artifacts.ts";
import { LatchkeyError } from "../../model/errors.ts";

/** Where the bucket is. Credentials come from the environment, as AWS's own tools read them. */
export interface S3ArtifactOptions {
  readonly bucket: string;
  readonly prefix: string;
  readonly region: string;
  /** Null: Amazon's own. */
  readonly endpoint: string | null;
}

/** Files of runs in S3-compatible storage, which all machines reach. */
export function createS3Artifacts({ bucket, prefix, region, endpoint }: S3ArtifactOptions): ArtifactStore {
  // Checksums as trailers, which the SDK sends by itself, are stored as part of the file by services that do not know them.
  const client = new S3Client({ region, requestChecksumCalculation: "WHEN_REQUIRED", responseChecksumValidation: "WHEN_REQUIRED", ...(endpoint !== null && { endpoint, forcePathStyle: true }) });
  const keyOf = (runId: string, name: string): string => `${prefix}${runId}/${name}`;
  const told = <T>(what: string, work: Promise<T>): Promise<T> =>
    work.catch((cause: unknown) => {
      throw new LatchkeyError("ENVIRONMENT", `${what} in the bucket ${bucket} failed: ${cause instanceof Error ? cause.name : String(cause)}.`, { cause, hint: "Check LATCHKEY_ARTIFACTS_S3_* and the credentials of AWS." });
    });
  return {
    async put(runId, name, file) {
      const { size } = await stat(file);
      await told("Keeping a file", client.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf(runId, name), Body: createReadStream(file), ContentLength: size })));
    },
    async get(runId, name) {
      const answer = await told(
        "Reading a file",
        client.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(runId, name) })).catch((thrown: unknown) => {
          if (thrown instanceof NoSuchKey) return null;
          throw thrown;
        }),
      );
      return answer?.Body instanceof Readable ? answer.Body : null;
    },
    async remove(runId) {
      for (;;) {
        const { Contents: found = [] } = await told("Listing files", client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: keyOf(runId, "") })));
        if (found.length === 0) return;
        await told("Removing files", client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: found.flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }])) } })));
      }
    },
  };
}
