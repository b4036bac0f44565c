import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyReply } from "fastify";
import type { AnyRequest, App } from "../app.ts";

/** Nothing from elsewhere, nothing inline but styles, which the component library sets from scripts. */
const POLICY = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const INDEX = "index.html";

/** Serves the dashboard's files at the root. Every other path that a browser opens is one of its pages. @returns what answers such a path; null: it is none. */
export async function serveDashboard(app: App, dir: string): Promise<(request: AnyRequest, reply: FastifyReply) => FastifyReply | null> {
  if (!existsSync(join(dir, INDEX))) return () => null;
  await app.register(fastifyStatic, {
    root: dir,
    wildcard: false,
    index: INDEX,
    cacheControl: false,
    preCompressed: true,
    setHeaders: (reply, path) => {
      // The names of files in there hold a hash of what is in them.
      reply.header("cache-control", path.startsWith(join(dir, "assets")) ? "public, max-age=31536000, immutable" : "no-cache");
      reply.header("content-security-policy", POLICY);
      reply.header("referrer-policy", "no-referrer");
      reply.header("cross-origin-opener-policy", "same-origin");
    },
  });
  return (request, reply) => (isNavigation(request) && !request.url.startsWith("/api/") ? reply.sendFile(INDEX) : null);
}

/** Whether somebody opens the path in a browser, rather than a program asks for it. */
export function isNavigation({ method, headers }: { readonly method?: string | undefined; readonly headers: Readonly<Record<string, string | readonly string[] | undefined>> }): boolean {
  return method === "GET" && String(headers.accept ?? "").includes("text/html") && headers["x-api-key"] === undefined;
}
