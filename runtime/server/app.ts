import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from "fastify";
import type { Principal, Scope } from "../model/principal.ts";
import type { Watched } from "./serve-live.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What the key must be good for; absent: the route needs none. */
    scope?: Scope;
  }
  interface FastifyRequest {
    /** Who asks; set before any handler of a route with a scope. */
    principal: Principal | null;
    /** What a request for a live view is to be shown; set before it becomes a WebSocket. */
    watched: Watched | null;
  }
}

/** The server, whose routes are typed by their schemas. */
export type App = FastifyInstance<RawServerDefault, RawRequestDefaultExpression, RawReplyDefaultExpression, FastifyBaseLogger, TypeBoxTypeProvider>;

/** A request to any route. */
export type AnyRequest = FastifyRequest;
