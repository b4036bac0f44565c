import { expect } from "chai";
import fc from "fast-check";
import type { JsonObject } from "../../runtime/model/json.ts";
import { startHosted, type Hosted } from "../support/hosted.ts";

/** Each operation is asked so often, with values that fit its schema, nearly fit, or do not fit at all. */
const TRIES = 40;

interface Schema {
  readonly [key: string]: unknown;
}

/** Text that breaks what is careless: NUL, half a surrogate pair, quotes, paths, templates, very long. */
const nasty = fc.constantFrom("", "\0", "\ud800", "'; drop table runs; --", "../../../etc/passwd", "%00", "${7*7}", "a".repeat(20_000), "__proto__", "constructor", "null", "-1", "😀".repeat(50), "\r\nx-injected: 1");

/** Values for a JSON Schema: mostly fitting ones, so that the code behind the validation is reached. */
function valueFor(schema: Schema): fc.Arbitrary<unknown> {
  const wild = fc.oneof(nasty, fc.jsonValue(), fc.double(), fc.constantFrom(null, [], {}, true, 1e308, -1));
  return fc.oneof({ weight: 8, arbitrary: fitting(schema) }, { weight: 1, arbitrary: wild });
}

function fitting(schema: Schema): fc.Arbitrary<unknown> {
  const choices = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(choices)) return fc.oneof(...(choices as readonly Schema[]).map(valueFor));
  if ("const" in schema) return fc.constant(schema["const"]);
  if (Array.isArray(schema["enum"])) return fc.constantFrom(...(schema["enum"] as readonly unknown[]));
  const { type } = schema;
  if (type === "string") return schema["format"] === "date-time" ? fc.date({ noInvalidDate: true, min: new Date("1900-01-01"), max: new Date("2200-01-01") }).map((date) => date.toISOString()) : fc.oneof(fc.string({ maxLength: 200, unit: "binary" }), nasty);
  if (type === "integer" || type === "number") return fc.integer({ min: Number(schema["minimum"] ?? -1_000), max: Math.min(Number(schema["maximum"] ?? 1_000), 100_000) });
  if (type === "boolean") return fc.boolean();
  if (type === "null") return fc.constant(null);
  if (type === "array") return fc.array(valueFor((schema["items"] as Schema | undefined) ?? {}), { maxLength: 4 });
  if (type !== "object") return fc.jsonValue();
  const properties = Object.entries((schema["properties"] as Readonly<Record<string, Schema>> | undefined) ?? {});
  if (properties.length === 0) return fc.dictionary(fc.oneof(fc.string(), nasty), fc.jsonValue(), { maxKeys: 4 });
  const required = (schema["required"] as readonly string[] | undefined) ?? [];
  return fc.record(Object.fromEntries(properties.map(([name, inner]) => [name, valueFor(inner)])), { requiredKeys: [...required] });
}

interface Operation {
  readonly path: string;
  readonly method: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly body: Schema | null;
}

describe("every endpoint, asked from its own schema", function () {
  this.timeout(300_000);
  let hosted: Hosted;
  let operations: readonly Operation[];
  before(async () => {
    hosted = await startHosted({ slots: 1, env: { LATCHKEY_LOG_LEVEL: "error" } });
    const { body } = await hosted.request("GET", "/openapi.json");
    operations = Object.entries(body["paths"] as Record<string, Record<string, JsonObject>>).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        path,
        method: method.toUpperCase(),
        parameters: (operation["parameters"] ?? []) as unknown as Operation["parameters"],
        body: ((operation["requestBody"] as JsonObject | undefined)?.["content"] as { readonly "application/json"?: { readonly schema: Schema } } | undefined)?.["application/json"]?.schema ?? null,
      })),
    );
  });
  after(() => hosted[Symbol.asyncDispose]());

  it("is described, in OpenAPI 3.1, with what it needs to be let in", async () => {
    const { body } = await hosted.request("GET", "/openapi.json");
    expect(body["openapi"]).to.equal("3.1.0");
    expect(operations.length).to.be.greaterThan(45);
    expect((await hosted.request("GET", "/docs/static/index.html")).status).to.equal(200);
  });

  it("never answers with a fault of its own, nor with a stack trace", async () => {
    const runId = await hosted.start("hello", { name: "fuzz" });
    await hosted.ended(runId);
    for (const operation of operations) {
      // Streams and waits end by themselves only with their run; an own server log tells the rest.
      const isSlow = operation.path.endsWith("/events") || /\/run$/.test(operation.path);
      const place = (name: string): fc.Arbitrary<string> => (name === "workspaceId" ? fc.constant("default") : name === "projectName" ? fc.oneof({ weight: 9, arbitrary: fc.constant("hosted") }, { weight: 1, arbitrary: nasty }) : fc.oneof(fc.constant(runId), fc.string({ unit: "binary", maxLength: 40 }), nasty, fc.uuid()));
      const names = [...operation.path.matchAll(/\{(\w+|\*)\}/g)].map(([, name = ""]) => name);
      const query = operation.parameters.filter((parameter) => parameter.in === "query");
      const request = fc.record({
        parts: fc.tuple(...names.map(place)),
        query: fc.record(Object.fromEntries(query.map(({ name, schema }) => [name, valueFor(schema)])), { requiredKeys: [] }),
        body: operation.body === null ? fc.constant(undefined) : valueFor(operation.body),
        headers: fc.constantFrom<Readonly<Record<string, string>>>({}, { "idempotency-key": "fuzz" }, { "last-event-id": "x" }, { traceparent: "00-zz" }),
      });
      await fc.assert(
        fc.asyncProperty(request, async ({ parts, query: asked, body, headers }) => {
          let index = 0;
          const path = operation.path.replaceAll(/\{(?:\w+|\*)\}/g, () => encodeURIComponent((parts[index++] ?? "").toWellFormed()));
          const search = new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(typeof value === "object" ? JSON.stringify(value) : value).toWellFormed()])).toString();
          const answer = await hosted.request(operation.method, `${path}${search === "" ? "" : `?${search}`}`, operation.path.endsWith("/run") ? { ...(body as object), waitMs: 1 } : body, headers);
          expect(answer.status, `${operation.method} ${path} with ${JSON.stringify(body)} answered ${JSON.stringify(answer.body)}\n${hosted.log().slice(-2_000)}`).to.be.lessThan(500);
          expect(JSON.stringify(answer.body)).to.not.match(/\bat \S+ \(|node_modules|\.ts:\d/);
        }),
        { numRuns: isSlow ? 8 : TRIES, seed: 20_261_124 },
      );
    }
    // The server is as well as before.
    expect((await hosted.request("GET", "/readyz")).status).to.equal(200);
    expect(hosted.log()).to.not.include('"level":"error"');
  });
});
