import type { JsonObject, JsonSchema } from "./json.ts";

/** One bundled function. */
export interface BuiltTarget {
  /** The API's name, or `auth-sessions/create` and `auth-sessions/check`. */
  readonly name: string;
  readonly source: string;
  /** The bundle, below the manifest's folder. */
  readonly file: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Null: the type says nothing, so anything fits. */
  readonly parameterSchema: JsonSchema | null;
}

/** A file of a deployment that is no function: a source map, a declared resource. */
export interface ManifestFile {
  /** Below the manifest's folder. */
  readonly file: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** What `latchkey build` writes beside the bundles, and what a hosted runtime verifies an upload by. */
export interface Manifest {
  readonly format: 1;
  readonly name: string;
  readonly targets: readonly BuiltTarget[];
  /** `hooks/setupContext`, bundled; null where the project has none. */
  readonly setupContext: ManifestFile | null;
  /** Source maps and declared resources. */
  readonly files: readonly ManifestFile[];
  /** The settings file as it was read; defaults are filled in where the deployment runs. */
  readonly settings: JsonObject;
  /** What the runtime needs to know of the settings without resolving them. */
  readonly authSessions: { readonly enabled: boolean; readonly type: "credentials" | "recorded"; readonly mode: "exclusive" | "shared"; readonly checkEveryMs: number | null; readonly attentionWebhookUrl: string | null };
  /** How many runs may go on at once; null: as many as there are slots. */
  readonly maxConcurrentRequests: number | null;
  /** Sample parameters by API name, from `.parameters/`. */
  readonly samples: { readonly [api: string]: { readonly [sample: string]: JsonObject } };
  /** Names a build by its content: the same sources give the same hash. */
  readonly contentHash: string;
}

/** A job or queue that a project declares in a file, as it is written there. */
export interface DeclaredResource {
  readonly kind: "job" | "queue";
  /** The file's name. */
  readonly id: string;
  readonly file: string;
  readonly value: JsonObject;
}

/** A deployment as it is listed. */
export interface Deployment {
  readonly id: string;
  readonly contentHash: string;
  readonly sizeBytes: number;
  readonly createdAt: string;
  readonly createdBy: string;
  /** When it last became the live one; null: never. */
  readonly activatedAt: string | null;
  readonly live: boolean;
  readonly apis: readonly string[];
}
