import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { sinkProblem } from "../../runtime/model/sink.ts";
import { postWebhook } from "../../runtime/sinks/post-webhook.ts";
import { startHosted } from "../support/hosted.ts";
import { startReceiver } from "../support/receiver.ts";

const resolve = (): Promise<readonly { readonly address: string; readonly family: number }[]> => Promise.resolve([{ address: "127.0.0.1", family: 4 }]);
const post = (url: string): Promise<unknown> => postWebhook({ url, headers: {}, body: "{}", id: "one", secrets: [], resolve }).then(() => null, (thrown: unknown) => thrown);

describe("a webhook", () => {
  it("goes to no private address, unless an operator allows it", async function () {
    this.timeout(120_000);
    await using receiver = await startReceiver();
    await using hosted = await startHosted({ slots: 1, env: { LATCHKEY_ALLOW_PRIVATE: "false" } });
    const runId = await hosted.start("hello", { name: "private" }, { sink: { type: "webhook", url: receiver.url } });
    await hosted.ended(runId);
    for (;;) {
      await delay(50);
      const { body } = await hosted.request("GET", `deliveries?runId=${runId}`);
      const [delivery] = body["deliveries"] as unknown as readonly { readonly lastError?: string }[];
      if (delivery?.lastError === undefined) continue;
      expect(delivery.lastError).to.include("may not be reached");
      break;
    }
    expect(receiver.received).to.have.length(0);
  });

  it("follows no redirect, and tells only the host of what failed", async () => {
    await using receiver = await startReceiver();
    const server = createServer((_request, response) => response.writeHead(307, { location: receiver.url }).end());
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const { port } = server.address() as AddressInfo;
    const error = await post(`http://hook.test:${port}/?token=open-sesame`);
    server.close();
    expect(error).to.include({ code: "SINK_FAILED", message: `The webhook at hook.test:${port} was not delivered: it answered 307.` });
    expect(receiver.received).to.have.length(0);
  });

  it("is given up when nobody answers", async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const error = await post(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    server.closeAllConnections();
    server.close();
    expect(error).to.have.property("message").that.includes("did not answer within 8 s");
  });

  it("is refused with headers that cannot be sent, or are the delivery's own", () => {
    for (const headers of [{ "webhook-id": "x" }, { "Content-Type": "x" }, { name: "a\r\nb" }, { name: "\u0001" }, { name: "\u20ac" }, { "a b": "x" }]) expect(sinkProblem({ type: "webhook", url: "https://example.test/", headers }), JSON.stringify(headers)).to.be.a("string");
    expect(sinkProblem({ type: "webhook", url: "https://example.test/", headers: { authorization: "Bearer x" } })).to.equal(null);
  });
});
