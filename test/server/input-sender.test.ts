import { expect } from "chai";
import { MAX_INPUT_BYTES, piecesOf, type LiveInput } from "../../runtime/model/live.ts";
import { createInputSender } from "../../runtime/server/input-sender.ts";
import { parseLiveMessage } from "../../runtime/server/live-message.ts";

describe("input of a live view", () => {
  const move = (x: number): LiveInput => ({ type: "mouse", event: "moved", x, y: 1, button: "none" });
  const press: LiveInput = { type: "mouse", event: "pressed", x: 1, y: 1, button: "left" };

  /** A sender whose batches wait until they are let go. */
  const hold = (): { readonly batches: (readonly LiveInput[])[]; readonly add: (input: LiveInput) => boolean; letGo(): Promise<void> } => {
    const batches: (readonly LiveInput[])[] = [];
    let release = Promise.withResolvers<void>();
    const { add } = createInputSender(async (inputs) => {
      batches.push(inputs);
      await release.promise;
    }, () => undefined);
    return {
      batches,
      add,
      async letGo() {
        release.resolve();
        release = Promise.withResolvers<void>();
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
  };

  it("goes in order, what gathers meanwhile together, and of moves only the last", async () => {
    const sender = hold();
    for (const input of [move(1), move(2), move(3), press, move(4), move(5)]) sender.add(input);
    await sender.letGo();
    expect(sender.batches).to.deep.equal([[move(1)], [move(3), press, move(5)]]);
  });

  it("fits a signal, whatever is pasted, and cuts no character", async () => {
    const sender = hold();
    const text = "é\u{1F511}\"\n".repeat(5_000);
    sender.add({ type: "text", text });
    for (let count = 0; count < 100; count++) await sender.letGo();
    for (const batch of sender.batches) expect(Buffer.byteLength(JSON.stringify(batch))).to.be.at.most(MAX_INPUT_BYTES);
    expect(sender.batches.flat().map((input) => (input.type === "text" ? input.text : "")).join("")).to.equal(text);
    expect(piecesOf("", 10)).to.deep.equal([""]);
  });

  it("is left out when too much waits", () => {
    const sender = hold();
    const taken = Array.from({ length: 1_000 }, () => sender.add(press)).filter(Boolean).length;
    expect(taken).to.be.within(100, 600);
  });

  it("must be what the contract says, and what was typed is not repeated", () => {
    expect(parseLiveMessage('{"type":"wheel","x":1,"y":2,"deltaX":0,"deltaY":-120}')).to.include({ type: "wheel" });
    for (const text of ["", "[]", "null", '{"type":"eval"}', '{"type":"ack","more":1}', '{"type":"mouse","event":"pressed","x":-1,"y":0,"button":"left"}', '{"type":"key","event":"down","key":"a"}', '{"type":"touch","event":"start","points":[{"x":1}]}', JSON.stringify({ type: "text", text: "x".repeat(60_000) }), '{"type":"text","text":{"secret":"hunter2"}}']) {
      expect(() => parseLiveMessage(text), text.slice(0, 60)).to.throw().with.property("code", "REQUEST_INVALID");
      expect(() => parseLiveMessage(text)).to.throw().with.property("message").that.does.not.include("hunter2");
    }
  });
});
