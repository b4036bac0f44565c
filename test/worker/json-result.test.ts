import { expect } from "chai";
import { toJsonResult } from "../../runtime/worker/json-result.ts";

describe("toJsonResult", () => {
  it("keeps plain values, turns nothing into null and dates into texts", () => {
    expect(toJsonResult({ a: [1, "x", null, true], at: new Date(0) })).to.deep.equal({ value: { a: [1, "x", null, true], at: "1970-01-01T00:00:00.000Z" } });
    expect(toJsonResult(undefined)).to.deep.equal({ value: null });
  });

  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  for (const [what, value, path] of [
    ["a function", { a: [0, () => undefined] }, "result.a[1]"],
    ["NaN", [Number.NaN], "result[0]"],
    ["a bigint", { id: 1n }, "result.id"],
    ["a Map", new Map(), "result"],
    ["an object that contains itself", cyclic, "result.self"],
  ] as const) {
    it(`names the place of ${what}`, () => {
      expect(toJsonResult(value)).to.deep.equal({ problem: { path, what } });
    });
  }
});
