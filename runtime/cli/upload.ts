import { isJsonObject, type JsonObject } from "../model/json.ts";
import { LatchkeyError } from "../model/errors.ts";
import type { Manifest } from "../model/deployment.ts";
import type { HttpClient } from "./remote/http-client.ts";

/** Uploads a packed project. @returns the server's answer: id, contentHash, whether it is new and active. */
export async function upload(client: HttpClient, { manifest, archive, activate }: { readonly manifest: Manifest; readonly archive: Buffer; readonly activate: boolean }): Promise<JsonObject> {
  const form = new FormData();
  form.set("activate", String(activate));
  form.set("manifest", new Blob([JSON.stringify(manifest)], { type: "application/json" }), "manifest.json");
  form.set("archive", new Blob([new Uint8Array(archive)], { type: "application/gzip" }), "archive.tar.gz");
  const answer = await client.request("POST", "deployments", form);
  if (!isJsonObject(answer)) throw new LatchkeyError("SERVER_UNREACHABLE", "The server's answer cannot be read.");
  return answer;
}
