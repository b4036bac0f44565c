import { Type } from "@fastify/type-provider-typebox";
import { MAX_PAYLOADS } from "../model/job.ts";
import { DAYS } from "../model/schedule.ts";
import { Attempts, Body, Id, JsonObjectSchema, Nullable, Proxy, Retry, Seconds, SinkBody } from "./schemas.ts";

/** Milliseconds, or text such as `1h`. */
const Duration = Type.Union([Type.Number({ minimum: 0 }), Type.String({ maxLength: 32 })]);
const Concurrency = Type.Integer({ minimum: 1, maximum: 1_000 });

/** Ids of jobs and queues (WIRE-API 4.6). */
export const ResourceId = Type.String({ minLength: 1, maxLength: 128, pattern: "^[A-Za-z0-9_-]+$" });

/** WIRE-API 4.2 Schedule; calendars are read more closely when they are used. */
const Schedule = Body({
  jitter: Type.Optional(Duration),
  intervals: Type.Optional(Type.Array(Body({ every: Duration }), { maxItems: 100 })),
  calendars: Type.Optional(
    Type.Array(Body({ second: Type.Optional(Type.Unknown()), minute: Type.Optional(Type.Unknown()), hour: Type.Optional(Type.Unknown()), dayOfWeek: Type.Optional(Type.Unknown()), dayOfMonth: Type.Optional(Type.Unknown()), month: Type.Optional(Type.Unknown()), year: Type.Optional(Type.Unknown()), comment: Type.Optional(Type.String()) }), { maxItems: 100 }),
  ),
  cron: Type.Optional(Type.Array(Type.String({ maxLength: 256 }), { maxItems: 100, description: "Ours: cron patterns of 5 to 7 fields." })),
  timeZone: Type.Optional(Type.String({ maxLength: 64, description: "Ours: an IANA name, default UTC." })),
  catchUpWindow: Type.Optional(Duration),
});

const AuthSessionFields = { id: Id, checkAttempts: Type.Optional(Attempts), createAttempts: Type.Optional(Attempts), autoRecreate: Type.Optional(Type.Boolean({ default: true })) };

/** WIRE-API 4.6, without the id. */
const JOB = {
  payload: Type.Array(Body({ apiName: Type.String({ minLength: 1, maxLength: 512 }), parameters: JsonObjectSchema, requestTimeout: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 })), retry: Retry }), { minItems: 1, maxItems: MAX_PAYLOADS }),
  configuration: Body({ retry: Retry, maxConcurrentRequests: Type.Optional(Concurrency), requestTimeout: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 })), saveTrace: Type.Optional(Type.Boolean({ default: true })) }),
  schedule: Type.Optional(Nullable(Schedule)),
  sink: Type.Optional(Nullable(SinkBody)),
  proxy: Proxy,
  auth_session: Type.Optional(Nullable(Body(AuthSessionFields))),
};
/** The body of J4, and what a declared job holds. */
export const JobBody = Body(JOB);
/** The body of J2. */
export const JobCreate = Body({ id: ResourceId, ...JOB });

const QueueConfiguration = Body({
  runMode: Type.Optional(Type.Literal("Default")),
  retry: Retry,
  rateLimits: Type.Optional(Type.Array(Body({ limit: Type.Integer({ minimum: 1, maximum: 100_000 }), duration: Duration }), { maxItems: 10 })),
  schedule: Type.Optional(Body({ pause: Type.String({ maxLength: 256 }), resume: Type.String({ maxLength: 256 }), timeZone: Type.Optional(Type.String({ maxLength: 64 })) })),
  randomWait: Type.Optional(Body({ min: Duration, max: Duration })),
  ordered: Type.Optional(Type.Boolean({ default: true, description: "Ours: one after the other." })),
  maxConcurrentRequests: Type.Optional(Concurrency),
  activePeriods: Type.Optional(Type.Array(Body({ days: Type.Optional(Type.Array(Type.Union(DAYS.map((day) => Type.Literal(day))), { minItems: 1, maxItems: 7 })), from: Type.String({ maxLength: 5 }), to: Type.String({ maxLength: 5 }), timeZone: Type.Optional(Type.String({ maxLength: 64 })) }), { maxItems: 50 })),
  requestTimeout: Type.Optional(Seconds(600)),
  saveTrace: Type.Optional(Type.Boolean({ default: true })),
});

const QUEUE = {
  name: Type.Optional(Type.String({ maxLength: 256 })),
  configuration: Nullable(QueueConfiguration),
  sink: Type.Optional(Nullable(SinkBody)),
  authSession: Type.Optional(Nullable(Body(AuthSessionFields))),
  proxy: Proxy,
  metadata: Type.Optional(Nullable(Type.Object({}, { additionalProperties: true }))),
};
/** WIRE-API 4.12 QueueInput, without the id. */
export const QueueBody = Body(QUEUE);
/** WIRE-API 4.12 QueueInput. */
export const QueueCreate = Body({ id: Type.Optional(ResourceId), ...QUEUE });

const Priority = Type.Integer({ minimum: -1_000, maximum: 1_000, description: "Higher ones first." });
const ITEM = {
  apiName: Type.String({ minLength: 1, maxLength: 512 }),
  parameters: Type.Optional(JsonObjectSchema),
  retry: Retry,
  authSession: Type.Optional(Nullable(Body(AuthSessionFields))),
  priority: Type.Optional(Priority),
  requestTimeout: Type.Optional(Seconds(600)),
  sink: Type.Optional(Nullable(SinkBody)),
};
/** WIRE-API 4.12 QueueItem. */
export const QueueItemBody = Body({ ...ITEM, id: Type.Optional(Type.String({ minLength: 1, maxLength: 255, pattern: "^[^\\r\\n]+$" })), notBefore: Type.Optional(Type.String({ format: "date-time" })) });
/** A repeat item. */
export const RepeatItemBody = Body({ ...ITEM, repeat: Duration });
/** What can be changed of an item that waits. */
export const ItemChange = Body({ priority: Priority });
