import { expect } from "chai";
import type { JobDefinition } from "../../runtime/model/job.ts";
import { maskDefinition, unmaskDefinition } from "../../runtime/model/masked.ts";

const JOB: JobDefinition = {
  payload: [
    { apiName: "a", parameters: { password: "secret-one" } },
    { apiName: "b", parameters: { password: "secret-two" } },
  ],
  configuration: {},
  sink: { type: "webhook", url: "https://example.test/hook?token=secret-three", headers: { authorization: "secret-four" } },
  proxy: "http://user:secret-five@127.0.0.1:1",
};

describe("a definition that is shown", () => {
  it("has no secret, and gets all of them back when it is written as it was read", () => {
    const shown = maskDefinition(JOB);
    expect(JSON.stringify(shown)).to.not.include("secret-");
    expect(unmaskDefinition(shown, JOB)).to.deep.equal(JOB);
  });

  it("hides a token that stands in a path or as a user name, and nothing that is a name", () => {
    const job: JobDefinition = { ...JOB, sink: { type: "webhook", url: "https://hooks.test/services/T024BE7LH/secret2XXXXXXXXXXXXXXXXX" }, proxy: "http://secret-token-7@proxy.test:8000" };
    const shown = maskDefinition(job);
    expect(shown.sink).to.include({ url: "https://hooks.test/services/T024BE7LH/***" });
    expect(shown.proxy).to.equal("http://***@proxy.test:8000");
    expect(unmaskDefinition(shown, job)).to.deep.equal(job);
  });

  it("never gives a payload the secret of another", () => {
    const shown = maskDefinition(JOB);
    expect(unmaskDefinition({ ...shown, payload: shown.payload.slice(1) }, JOB).payload).to.deep.equal(JOB.payload.slice(1));
    expect(unmaskDefinition({ ...shown, payload: shown.payload.toReversed() }, JOB).payload).to.deep.equal(JOB.payload.toReversed());
    const alike: JobDefinition = { ...JOB, payload: ["one", "two"].map((password) => ({ apiName: "a", parameters: { password } })) };
    expect(unmaskDefinition(maskDefinition(alike), alike)).to.deep.equal(alike);
    expect(() => unmaskDefinition({ ...maskDefinition(alike), payload: maskDefinition(alike).payload.slice(1) }, alike)).to.throw().with.property("code", "JOB_INVALID");
  });

  it("never sends a sink's secrets to another place", () => {
    const shown = maskDefinition(JOB);
    const moved = unmaskDefinition({ ...shown, sink: { type: "webhook", url: "https://elsewhere.test/", headers: { authorization: shown.sink?.headers?.["authorization"] ?? "" } } }, JOB);
    expect(JSON.stringify(moved.sink)).to.not.include("secret-");
  });
});
