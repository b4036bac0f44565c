import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context, type Span } from "@opentelemetry/api";
import type { RunEvent } from "../model/run.ts";

/** Sends traces: one from the request to the phases of the attempts it led to. */
export interface Telemetry extends AsyncDisposable {
  /** Notes a request and gives the trace context for what follows from it. */
  readonly traceparentOf: (headers: Readonly<Record<string, unknown>>) => string | null;
  /** Notes an event of a run that was asked for within that context. */
  readonly observe: (run: { readonly runId: string; readonly target: string; readonly traceparent: string | null }, event: RunEvent) => void;
}

/** Nothing is traced. */
export const NO_TELEMETRY: Telemetry = { traceparentOf: () => null, observe: () => undefined, [Symbol.asyncDispose]: () => Promise.resolve() };

/** Traces over OTLP/HTTP. The SDK is loaded only here: it is large, and most runtimes trace nothing. */
export async function startTelemetry({ endpoint, component, version }: { readonly endpoint: string; readonly component: string; readonly version: string }): Promise<Telemetry> {
  const [{ BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([import("@opentelemetry/sdk-trace"), import("@opentelemetry/exporter-trace-otlp-http"), import("@opentelemetry/resources")]);
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, "")}/v1/traces` });
  const provider = new TracerProvider({ resource: resourceFromAttributes({ "service.name": `latchkey-${component}`, "service.version": version }), spanProcessors: [new BatchSpanProcessor({ exporter })] });
  const tracer = provider.getTracer("latchkey", version);
  const attempts = new Map<string, { readonly span: Span; readonly context: Context; readonly phases: Map<string, Span> }>();
  return {
    traceparentOf(headers) {
      const span = tracer.startSpan("latchkey request", { kind: SpanKind.SERVER }, contextOf(headers["traceparent"]));
      span.end();
      return traceparent(span);
    },
    observe({ runId, target, traceparent: parent }, event) {
      if (event.type === "attempt-started") {
        const context = contextOf(parent);
        const span = tracer.startSpan(`latchkey ${target}`, { startTime: new Date(event.at), attributes: { "latchkey.run_id": runId, "latchkey.attempt": event.attempt } }, context);
        attempts.set(runId, { span, context: trace.setSpan(context, span), phases: new Map() });
        return;
      }
      const attempt = attempts.get(runId);
      if (attempt === undefined) return;
      if (event.type === "phase-started") attempt.phases.set(event.phase, tracer.startSpan(event.phase, { startTime: new Date(event.at) }, attempt.context));
      else if (event.type === "phase-ended") {
        const span = attempt.phases.get(event.phase);
        if (!event.ok) span?.setStatus({ code: SpanStatusCode.ERROR });
        span?.end(new Date(event.at));
      } else if (event.type === "attempt-ended") {
        if (event.error !== undefined) attempt.span.setStatus({ code: SpanStatusCode.ERROR, message: event.error.code });
        attempt.span.end(new Date(event.at));
        attempts.delete(runId);
      }
    },
    [Symbol.asyncDispose]: () => provider.shutdown().catch(() => undefined),
  };
}

/** W3C Trace Context, version 00. */
function contextOf(header: unknown): Context {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(typeof header === "string" ? header : "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true });
}

function traceparent(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}
