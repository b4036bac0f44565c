import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { JsonObject } from "../../runtime/model/json.ts";

/** Takes webhooks. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  /** Every body that came, refused ones included. */
  readonly received: readonly JsonObject[];
  /** The ids of the deliveries, in order. */
  readonly ids: readonly string[];
  /** What came, as it was sent. */
  readonly requests: readonly { readonly text: string; readonly headers: Record<string, string> }[];
  /** Answers so from now on. */
  answerWith(status: number): void;
  /** The first body, past or future, that is so. */
  next(holds: (body: JsonObject) => boolean): Promise<JsonObject>;
}

/** Starts a receiver on loopback. */
export async function startReceiver(): Promise<Receiver> {
  const received: JsonObject[] = [];
  const ids: string[] = [];
  const requests: { text: string; headers: Record<string, string> }[] = [];
  const waiting = new Set<() => void>();
  let status = 204;
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      received.push(JSON.parse(text) as JsonObject);
      requests.push({ text, headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])) });
      ids.push(String(request.headers["webhook-id"]));
      response.writeHead(status).end();
      for (const look of waiting) look();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    ids,
    requests,
    answerWith: (next) => (status = next),
    next: (holds) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = received.find(holds);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
