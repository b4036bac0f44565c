import { expect } from "chai";
import { LatchkeyError } from "../../runtime/model/errors.ts";
import { createDeadline } from "../../runtime/runs/create-deadline.ts";

const never = new Promise<never>(() => undefined);
const log = (): void => undefined;
const codeOf = async (promise: Promise<unknown>): Promise<unknown> => promise.then(() => "none", (thrown: unknown) => (thrown instanceof LatchkeyError ? thrown.code : thrown));

describe("createDeadline", () => {
  it("ends what is raced with it when the time is over", async () => {
    using deadline = createDeadline({ timeoutMs: 5, what: "The test", log });
    expect(await codeOf(deadline.race(never))).to.equal("RUN_TIMED_OUT");
    expect(deadline.remainingMs()).to.equal(0);
  });

  it("keeps the first reason", async () => {
    using deadline = createDeadline({ timeoutMs: 60_000, what: "The test", log });
    deadline.end(new LatchkeyError("BROWSER_CRASHED", "first"));
    deadline.end(new LatchkeyError("CANCELED", "second"));
    expect(await codeOf(deadline.race(never))).to.equal("BROWSER_CRASHED");
  });

  it("ends with an outer signal, also one that was aborted before", async () => {
    using deadline = createDeadline({ timeoutMs: 60_000, what: "The test", signal: AbortSignal.abort(), log });
    expect(await codeOf(deadline.race(never))).to.equal("CANCELED");
  });

  it("does not run out while it is paused, and then has its full length again", async () => {
    using deadline = createDeadline({ timeoutMs: 40, what: "The test", log });
    const pause = deadline.pause();
    using unpaused = createDeadline({ timeoutMs: 60, what: "A deadline that is not paused", log });
    await codeOf(unpaused.race(never));
    expect(deadline.signal.aborted).to.equal(false);
    pause[Symbol.dispose]();
    expect(deadline.remainingMs()).to.be.greaterThan(20);
    expect(await codeOf(deadline.race(never))).to.equal("RUN_TIMED_OUT");
  });

  it("starts over when it is extended", async () => {
    using deadline = createDeadline({ timeoutMs: 10_000, what: "The test", log });
    const before = deadline.remainingMs();
    await new Promise((resolve) => setImmediate(resolve));
    deadline.extend();
    expect(deadline.remainingMs()).to.be.at.least(before);
  });
});
