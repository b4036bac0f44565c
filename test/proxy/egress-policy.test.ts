import { expect } from "chai";
import type { EgressPolicy } from "../../runtime/model/proxy.ts";
import { judgeEgress } from "../../runtime/proxy/egress-policy.ts";
import { resolveTarget } from "../../runtime/proxy/resolve-target.ts";

const strict: EgressPolicy = { allowHosts: [], denyHosts: [], allowPrivate: false };

async function isAllowed(policy: EgressPolicy, host: string, port = 80, resolve: (name: string) => string[] = () => ["93.184.216.34"]): Promise<boolean> {
  const addresses = await resolveTarget(host, (name) => Promise.resolve(resolve(name).map((address) => ({ address, family: address.includes(":") ? 6 : 4 }))));
  return judgeEgress(policy, host, port, addresses.map(({ address }) => address)).allowed;
}

describe("egress policy", () => {
  for (const host of ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "169.254.169.254", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "224.0.0.1", "[fd00::1]", "[fe80::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "127.0.0.1."]) {
    it(`refuses ${host} where private addresses are not allowed`, async () => {
      expect(await isAllowed(strict, host)).to.equal(false);
    });
  }

  it("lets public addresses through", async () => {
    expect(await isAllowed(strict, "example.com")).to.equal(true);
    expect(await isAllowed(strict, "93.184.216.34")).to.equal(true);
  });

  it("refuses a name when any of its addresses is private", async () => {
    expect(await isAllowed(strict, "rebind.example", 80, () => ["93.184.216.34", "10.0.0.1"])).to.equal(false);
  });

  it("allows private hosts that are named, on the port that is named", async () => {
    const policy = { ...strict, allowHosts: ["localhost:8080", "10.0.0.0/8", "*.corp.example"] };
    expect(await isAllowed(policy, "localhost", 8080, () => ["127.0.0.1"])).to.equal(true);
    expect(await isAllowed(policy, "localhost", 8081, () => ["127.0.0.1"])).to.equal(false);
    expect(await isAllowed(policy, "10.9.9.9")).to.equal(true);
    expect(await isAllowed(policy, "wiki.corp.example", 80, () => ["192.168.0.9"])).to.equal(true);
  });

  it("refuses what is denied although private addresses are allowed", async () => {
    const policy = { allowHosts: ["ads.example"], denyHosts: ["*.example", "192.0.2.0/24"], allowPrivate: true };
    expect(await isAllowed(policy, "ads.example")).to.equal(false);
    expect(await isAllowed(policy, "ADS.EXAMPLE.")).to.equal(false);
    expect(await isAllowed(policy, "other.test", 80, () => ["192.0.2.7"])).to.equal(false);
    expect(await isAllowed(policy, "other.test")).to.equal(true);
  });
});
