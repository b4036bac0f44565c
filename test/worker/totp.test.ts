import { expect } from "chai";
import { totp } from "../../runtime/worker/helpers/totp.ts";

// RFC 6238, appendix B: the secret is the ASCII text 12345678901234567890.
const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

describe("totp", () => {
  it("gives the passwords of RFC 6238", () => {
    expect(totp(SECRET, { atMs: 59_000, digits: 8 })).to.equal("94287082");
    expect(totp(SECRET, { atMs: 1_111_111_109_000, digits: 8 })).to.equal("07081804");
  });

  it("reads secrets as sites print them", () => {
    expect(totp("gezd gnbv gy3t qojq gezd gnbv gy3t qojq", { atMs: 59_000, digits: 8 })).to.equal("94287082");
  });

  it("reads the address of a QR code", () => {
    expect(totp(`otpauth://totp/Site:sam?secret=${SECRET}&digits=8`, { atMs: 59_000 })).to.equal("94287082");
  });
});
