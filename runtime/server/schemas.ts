import { Type, type Static, type TSchema } from "@fastify/type-provider-typebox";

/** Schemas that several routes share. Requests take no keys but those named; responses may have more. */
const closed = { additionalProperties: false } as const;

/** A closed object: unknown fields are refused. */
export const Body = <T extends Record<string, TSchema>>(properties: T) => Type.Object(properties, closed);

/** Whole seconds up to a day. */
export const Seconds = (fallback: number) => Type.Integer({ minimum: 1, maximum: 86_400, default: fallback, description: "Seconds, for each attempt." });
/** How often something is tried. */
export const Attempts = Type.Integer({ minimum: 1, maximum: 100, default: 3 });

/** Any JSON object. */
export const JsonObjectSchema = Type.Record(Type.String(), Type.Unknown());

/** A proxy URL: no client may send one longer than any proxy takes. */
export const Proxy = Type.Optional(Type.Union([Type.String({ maxLength: 4_096 }), Type.Null()]));

/** WIRE-API 4.2 Retry. */
export const Retry = Type.Optional(Body({ maximumAttempts: Type.Optional(Attempts) }));

/** An id that a client chose. */
export const Id = Type.String({ minLength: 1, maxLength: 128 });

/** The same, or null. */
export const Nullable = <T extends TSchema>(schema: T) => Type.Unsafe<Static<T> | null>({ ...schema, type: ["object", "null"] });

/** WIRE-API 4.2 Sink; what belongs to which type is told in words. */
export const SinkBody = Body({
  type: Type.Union([Type.Literal("webhook"), Type.Literal("s3")]),
  url: Type.Optional(Type.String({ maxLength: 4_096 })),
  headers: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 8_192 }))),
  skipOnFail: Type.Optional(Type.Boolean({ default: false })),
  apisToSend: Type.Optional(Type.Array(Type.String(), { maxItems: 1_000 })),
  bucket: Type.Optional(Type.String({ maxLength: 255 })),
  accessKeyId: Type.Optional(Type.String({ maxLength: 1_024 })),
  secretAccessKey: Type.Optional(Type.String({ maxLength: 1_024 })),
  region: Type.Optional(Type.String({ maxLength: 64, pattern: "^[A-Za-z0-9-]*$" })),
  prefix: Type.Optional(Type.String({ maxLength: 512 })),
  endpoint: Type.Optional(Type.String({ maxLength: 2_048 })),
  forcePathStyle: Type.Optional(Type.Boolean()),
  format: Type.Optional(Type.Union([Type.Literal("json"), Type.Literal("jsonl")], { description: "Ours, s3 only: an object for each run, or one of lines for a whole job run." })),
});

/** The sink of one run. */
export const Sink = Type.Optional(SinkBody);

/** WIRE-API 4.3 R1. */
export const RunStart = Body({
  api: Type.String({ minLength: 1, maxLength: 512 }),
  parameters: JsonObjectSchema,
  proxy: Proxy,
  saveTrace: Type.Optional(Type.Boolean({ default: true })),
  requestTimeout: Type.Optional(Seconds(600)),
  retry: Retry,
  authSession: Type.Optional(
    Body({
      id: Type.Optional(Id),
      runtimeInput: Type.Optional(JsonObjectSchema),
      autoRecreate: Type.Optional(Type.Boolean({ default: true })),
      checkAttempts: Type.Optional(Attempts),
      createAttempts: Type.Optional(Attempts),
      proxy: Proxy,
      requestTimeout: Type.Optional(Seconds(600)),
      check: Type.Optional(Type.Boolean({ default: true, description: "Ours: false runs without checking the login first." })),
    }),
  ),
  sink: Sink,
  priority: Type.Optional(Type.Integer({ minimum: -1_000, maximum: 1_000, default: 0, description: "Ours: higher ones first." })),
  notBefore: Type.Optional(Type.String({ format: "date-time", description: "Ours: not started before." })),
});

/** The synchronous run: the same, and how long to wait. */
export const RunAndWait = Body({ ...RunStart.properties, waitMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 600_000, default: 120_000 })) });

/** WIRE-API 4.5 A4. */
export const AuthCreate = Body({ id: Type.Optional(Id), parameters: Type.Optional(JsonObjectSchema), proxy: Proxy, createAttempts: Type.Optional(Attempts), checkAttempts: Type.Optional(Attempts), saveTrace: Type.Optional(Type.Boolean({ default: true })), requestTimeout: Type.Optional(Seconds(600)) });

/** WIRE-API 4.5 A6; ours: without parameters the stored ones are used. */
export const AuthUpdate = Body({ parameters: Type.Optional(JsonObjectSchema), proxy: Proxy, createAttempts: Type.Optional(Attempts), checkAttempts: Type.Optional(Attempts), saveTrace: Type.Optional(Type.Boolean({ default: true })), requestTimeout: Type.Optional(Seconds(600)) });

/** WIRE-API 4.5 A8. Clients that send no body mean the defaults. */
export const AuthValidate = Type.Union([Type.Null(), Body({ autoRecreate: Type.Optional(Type.Boolean({ default: true })), checkAttempts: Type.Optional(Attempts), createAttempts: Type.Optional(Attempts), proxy: Proxy, requestTimeout: Type.Optional(Seconds(600)) })]);

/** A page of a list. */
export const PAGE = { cursor: Type.Optional(Type.String({ maxLength: 128 })), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })) };

/** Every error, WIRE-API 4.2 ApiError with the members of RFC 9457 beside. */
export const Problem = Type.Object({ code: Type.String(), category: Type.Literal("user"), message: Type.String(), retirable: Type.Boolean(), correlationId: Type.String(), details: Type.Optional(Type.Unknown()), type: Type.String(), title: Type.String(), status: Type.Integer(), detail: Type.String(), instance: Type.String() });

/** WIRE-API 4.2 RunError. */
const RunError = Type.Object({ message: Type.String(), category: Type.String(), code: Type.Optional(Type.String()), retirable: Type.Boolean(), correlation_id: Type.Optional(Type.String()), details: Type.Optional(Type.Unknown()) });
const RunReason = Type.Object({ type: Type.String(), message: Type.String() });

/** WIRE-API 4.3 R2. */
export const RunResult = Type.Object({
  runId: Type.String(),
  status: Type.Union([Type.Literal("pending"), Type.Literal("started"), Type.Literal("completed"), Type.Literal("canceled"), Type.Literal("failed")]),
  result: Type.Optional(Type.Unknown()),
  extendedPayloads: Type.Optional(Type.Array(Type.Object({ api: Type.String(), runId: Type.Optional(Type.String()), parameters: Type.Optional(JsonObjectSchema) }))),
  error: Type.Optional(RunError),
  reason: Type.Optional(RunReason),
  message: Type.Optional(Type.String()),
});

/** WIRE-API 4.2 OperationResult. */
export const OperationResult = Type.Object({ status: Type.Union([Type.Literal("done"), Type.Literal("pending"), Type.Literal("in_progress"), Type.Literal("canceled"), Type.Literal("failed")]), authSessionId: Type.Optional(Type.String()), runId: Type.Optional(Type.String()), message: Type.Optional(Type.String()), error: Type.Optional(RunError), reason: Type.Optional(RunReason) });

/** WIRE-API 4.4 AuthSession; what we know besides is in `details`. */
export const AuthSessionSchema = Type.Object({ id: Type.String(), type: Type.Union([Type.Literal("CREDENTIALS"), Type.Literal("RECORDER"), Type.Literal("RUNTIME")]), status: Type.Union([Type.Literal("PENDING"), Type.Literal("READY"), Type.Literal("EXPIRED")]), details: Type.Optional(JsonObjectSchema) });

/** A page of anything. */
export const Page = (item: TSchema, name: string) => Type.Object({ [name]: Type.Array(item), nextCursor: Type.Optional(Type.String()) });
