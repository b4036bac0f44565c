import { expect } from "chai";
import { TIMING } from "../../runtime/compose-timing.ts";
import type { QueueHours } from "../../runtime/model/schedule.ts";

/** When it opens, as seen at a time; `open`: it is. */
function opens(hours: QueueHours, at: string): string {
  const ms = TIMING.opensAtMs(hours, Date.parse(at));
  return ms === Date.parse(at) ? "open" : Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 16) : "never";
}

describe("a queue's hours", () => {
  const office: QueueHours = { activePeriods: [{ days: ["MONDAY", "FRIDAY"], from: "08:00", to: "18:00", timeZone: "Europe/Berlin" }] };

  it("open on the days and in the time zone they name, across the change of clocks", () => {
    // Monday 30 March 2026 is the first day of summer time.
    expect(opens(office, "2026-03-30T05:59:59Z")).to.equal("2026-03-30T06:00");
    expect(opens(office, "2026-03-30T06:00:00Z")).to.equal("open");
    expect(opens(office, "2026-03-30T15:59:59Z")).to.equal("open");
    expect(opens(office, "2026-03-30T16:00:00Z")).to.equal("2026-04-03T06:00");
    expect(opens(office, "2026-03-27T06:30:00Z")).to.equal("2026-03-27T07:00");
  });

  it("may last over midnight, and until the end of the day", () => {
    const night: QueueHours = { activePeriods: [{ days: ["SATURDAY"], from: "22:00", to: "02:00" }] };
    expect(["2026-06-06T21:59:00Z", "2026-06-06T23:00:00Z", "2026-06-07T01:59:00Z", "2026-06-07T02:00:00Z"].map((at) => opens(night, at))).to.deep.equal(["2026-06-06T22:00", "open", "open", "2026-06-13T22:00"]);
    const late: QueueHours = { activePeriods: [{ from: "20:00", to: "24:00" }] };
    expect(["2026-06-06T23:59:59Z", "2026-06-07T00:00:00Z"].map((at) => opens(late, at))).to.deep.equal(["open", "2026-06-07T20:00"]);
  });

  it("are closed by one cron and opened by the other", () => {
    const quiet: QueueHours = { schedule: { pause: "0 12 * * *", resume: "0 13 * * *" } };
    expect(["2026-06-06T11:59:00Z", "2026-06-06T12:00:00Z", "2026-06-06T12:30:00Z", "2026-06-06T13:00:00Z"].map((at) => opens(quiet, at))).to.deep.equal(["open", "2026-06-06T13:00", "2026-06-06T13:00", "open"]);
  });

  it("open when periods and crons both let them", () => {
    const both: QueueHours = { activePeriods: [{ from: "12:00", to: "14:00" }], schedule: { pause: "0 12 * * *", resume: "0 13 * * *" } };
    expect(opens(both, "2026-06-06T10:00:00Z")).to.equal("2026-06-06T13:00");
    expect(opens({ ...both, activePeriods: [{ from: "12:00", to: "13:00" }] }, "2026-06-06T10:00:00Z")).to.equal("never");
  });

  it("are refused when they cannot be read", () => {
    for (const hours of [{ activePeriods: [{ from: "8:00", to: "18:00" }] }, { activePeriods: [{ from: "24:00", to: "01:00" }] }, { activePeriods: [{ from: "08:00", to: "18:00", timeZone: "Nowhere" }] }, { schedule: { pause: "x", resume: "0 1 * * *" } }] as QueueHours[]) expect(() => TIMING.checkHours(hours)).to.throw().with.property("code", "SCHEDULE_INVALID");
  });
});
