const hash = { type: "string", pattern: "^[0-9a-f]{64}$" } as const;
const file = { type: "string", minLength: 1, maxLength: 512 } as const;
const size = { type: "integer", minimum: 0, maximum: 256 * 1024 * 1024 } as const;
const manifestFile = { type: "object", additionalProperties: false, required: ["file", "sha256", "sizeBytes"], properties: { file, sha256: hash, sizeBytes: size } } as const;

/** JSON Schema of a manifest: what an upload is held to before anything of it is believed. */
export const MANIFEST_SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["format", "name", "targets", "setupContext", "files", "settings", "authSessions", "maxConcurrentRequests", "samples", "contentHash"],
  properties: {
    format: { const: 1 },
    name: { type: "string", minLength: 1, maxLength: 128 },
    targets: {
      type: "array",
      maxItems: 2_000,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["name", "source", "file", "sha256", "sizeBytes", "parameterSchema"],
        properties: { name: { type: "string", minLength: 1, maxLength: 512 }, source: file, file, sha256: hash, sizeBytes: size, parameterSchema: { type: ["object", "null"] } },
      },
    },
    setupContext: { anyOf: [manifestFile, { type: "null" }] },
    files: { type: "array", maxItems: 10_000, items: manifestFile },
    settings: { type: "object" },
    authSessions: {
      type: "object",
      additionalProperties: false,
      required: ["enabled", "type", "mode", "checkEveryMs", "attentionWebhookUrl"],
      properties: { enabled: { type: "boolean" }, type: { enum: ["credentials", "recorded"] }, mode: { enum: ["exclusive", "shared"] }, checkEveryMs: { type: ["integer", "null"], minimum: 0 }, attentionWebhookUrl: { type: ["string", "null"], maxLength: 2_048 } },
    },
    maxConcurrentRequests: { type: ["integer", "null"], minimum: 1 },
    samples: { type: "object", additionalProperties: { type: "object", additionalProperties: { type: "object" } } },
    contentHash: hash,
  },
} as const;
