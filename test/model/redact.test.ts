import { expect } from "chai";
import { createRedactor, maskParameters } from "../../runtime/model/redact.ts";

describe("createRedactor", () => {
  it("removes secrets in every form they are likely to be printed in", () => {
    const redactor = createRedactor();
    redactor.add('p@ss "word"/+');
    const secret = 'p@ss "word"/+';
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify({ x: secret }), Buffer.from(secret).toString("base64")]) expect(redactor.text(`<${form}>`), form).to.include("***").and.not.include("word");
  });

  it("removes the longer of two secrets first, so that nothing of it remains", () => {
    const redactor = createRedactor();
    redactor.add("token", "token-of-sam");
    expect(redactor.text("token-of-sam")).to.equal("***");
  });

  it("leaves user names readable and hides everything else of credentials", () => {
    const redactor = createRedactor();
    redactor.addParameters({ username: "sam.smith", password: "hunter22", nested: { answers: ["blue whale"] } });
    expect(redactor.text("sam.smith hunter22 blue whale")).to.equal("sam.smith *** ***");
  });

  it("hides the values of sensitive keys whatever they are", () => {
    expect(createRedactor().value({ apiKey: "k", list: [{ accessToken: "t", name: "n" }] })).to.deep.equal({ apiKey: "***", list: [{ accessToken: "***", name: "n" }] });
  });
});

describe("maskParameters", () => {
  it("masks what is not a plain identifier", () => {
    expect(maskParameters({ username: "sam", password: "x", pin: 1234, remember: true })).to.deep.equal({ username: "sam", password: "***", pin: "***", remember: true });
  });
});
