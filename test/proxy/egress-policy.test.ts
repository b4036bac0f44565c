import { expect } from "chai";
import type { EgressPolicy } from "../../runtime/model/proxy.ts";
import { isPrivateAddress, judgeEgress, normaliseHost } from "../../runtime/proxy/egress-policy.ts";

const STRICT: EgressPolicy = { allowHosts: [], denyHosts: [], allowPrivate: false };

describe("egress policy", () => {
  const allows = (change: Partial<EgressPolicy>, host: string, port: number, ...addresses: readonly string[]): boolean => judgeEgress({ ...STRICT, ...change }, host, port, addresses).allowed;

  describe("takes for private", () => {
    for (const address of ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "0.0.0.0", "224.0.0.1", "255.255.255.255", "168.63.129.16", "::1", "::", "fd00:ec2::254", "fe80::1", "ff02::1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::808:808", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe", "no address"])
      it(address, () => expect(isPrivateAddress(address)).to.equal(true));
  });

  describe("takes for public", () => {
    for (const address of ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::"]) it(address, () => expect(isPrivateAddress(address)).to.equal(false));
  });

  describe("reads numeric forms of 127.0.0.1", () => {
    for (const host of ["2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.0.1.", "[::ffff:127.0.0.1]", "::ffff:7f00:1"]) it(host, () => expect(normaliseHost(host)).to.equal("127.0.0.1"));
  });

  it("refuses a host when only one of its addresses is private", () => expect(allows({}, "site.example", 443, "8.8.8.8", "10.0.0.1")).to.equal(false));
  it("refuses localhost by name, also where no resolver knows it", () => {
    expect(allows({}, "localhost", 80)).to.equal(false);
    expect(allows({}, "admin.LOCALHOST.", 80)).to.equal(false);
  });
  it("lets a name pass that only the upstream can resolve", () => expect(allows({}, "intranet.example", 443)).to.equal(true));
  it("lets private addresses pass where they are allowed", () => expect(allows({ allowPrivate: true }, "10.0.0.1", 80, "10.0.0.1")).to.equal(true));

  it("allows a private host by name, by name and port, by address and by range", () => {
    expect(allows({ allowHosts: ["localhost:8080"] }, "localhost", 8080, "127.0.0.1")).to.equal(true);
    expect(allows({ allowHosts: ["localhost:8080"] }, "localhost", 8081, "127.0.0.1")).to.equal(false);
    expect(allows({ allowHosts: ["*.corp.example"] }, "wiki.corp.example", 443, "10.0.0.1")).to.equal(true);
    expect(allows({ allowHosts: ["*.corp.example"] }, "evilcorp.example", 443, "10.0.0.1")).to.equal(false);
    expect(allows({ allowHosts: ["[::1]:80"] }, "[::1]", 80, "::1")).to.equal(true);
    expect(allows({ allowHosts: ["10.0.0.0/8"] }, "wiki.example", 443, "10.0.0.1")).to.equal(true);
    expect(allows({ allowHosts: ["10.0.0.0/8"] }, "wiki.example", 443, "192.168.0.1")).to.equal(false);
    expect(allows({ allowHosts: ["10.0.0.0/8"] }, "wiki.example", 443, "10.0.0.1", "127.0.0.1")).to.equal(false);
  });
  it("refuses what is denied, whatever else is allowed", () => {
    const denied = { allowPrivate: true, allowHosts: ["*"], denyHosts: ["*.ads.example", "203.0.113.0/24", "2130706433"] };
    expect(allows(denied, "x.ADS.example.", 443, "8.8.8.8")).to.equal(false);
    expect(allows(denied, "site.example", 443, "203.0.113.9")).to.equal(false);
    expect(allows(denied, "site.example", 443, "::ffff:203.0.113.9")).to.equal(false);
    expect(allows(denied, "0x7f.1", 80, "127.0.0.1")).to.equal(false);
    expect(allows(denied, "site.example", 443, "8.8.8.8")).to.equal(true);
  });
});
