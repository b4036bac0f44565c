import { expect } from "chai";
import { TIMING } from "../../runtime/compose-timing.ts";
import type { Schedule } from "../../runtime/model/schedule.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Nominal times of all firings after `from`, up to `until`. */
function firings(schedule: Schedule, from: string, until: string): readonly number[] {
  const found: number[] = [];
  for (let afterMs = Date.parse(from); ; ) {
    const next = TIMING.nextFiring(schedule, "job", afterMs);
    if (next === null || next.nominalMs > Date.parse(until)) return found;
    found.push(next.nominalMs);
    afterMs = next.nominalMs;
  }
}

const texts = (schedule: Schedule, from: string, until: string): readonly string[] => firings(schedule, from, until).map((ms) => new Date(ms).toISOString().slice(0, 16));

describe("a schedule", () => {
  it("aligns intervals to the epoch, whenever it was made", () => {
    expect(texts({ intervals: [{ every: "6h" }] }, "2026-03-01T01:23:45Z", "2026-03-01T23:00:00Z")).to.deep.equal(["2026-03-01T06:00", "2026-03-01T12:00", "2026-03-01T18:00"]);
  });

  it("reads calendars: values, ranges, steps, lists and names", () => {
    expect(texts({ calendars: [{ hour: { start: 8, end: 12, step: 2 }, dayOfWeek: ["MONDAY", { start: "THURSDAY", end: "FRIDAY" }] }] }, "2026-06-01T00:00:00Z", "2026-06-04T23:00:00Z")).to.deep.equal(["2026-06-01T08:00", "2026-06-01T10:00", "2026-06-01T12:00", "2026-06-04T08:00", "2026-06-04T10:00", "2026-06-04T12:00"]);
    expect(texts({ calendars: [{ dayOfMonth: 29, month: "FEBRUARY" }] }, "2026-01-01T00:00:00Z", "2033-01-01T00:00:00Z")).to.deep.equal(["2028-02-29T00:00", "2032-02-29T00:00"]);
    expect(texts({ calendars: [{ dayOfMonth: 13, dayOfWeek: "FRIDAY" }] }, "2026-01-01T00:00:00Z", "2026-12-31T00:00:00Z")).to.deep.equal(["2026-02-13T00:00", "2026-03-13T00:00", "2026-11-13T00:00"]);
    expect(texts({ calendars: [{ year: 2027, month: "MAY", dayOfMonth: 1 }] }, "2026-01-01T00:00:00Z", "2030-01-01T00:00:00Z")).to.deep.equal(["2027-05-01T00:00"]);
  });

  it("takes the earliest of all it names", () => {
    expect(texts({ intervals: [{ every: "12h" }], cron: ["0 7 * * *"] }, "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z")).to.deep.equal(["2026-03-01T07:00", "2026-03-01T12:00", "2026-03-02T00:00"]);
  });

  for (const [timeZone, spring, autumn] of [["Europe/Berlin", "2026-03-29", "2026-10-25"], ["America/New_York", "2026-03-08", "2026-11-01"]] as const) {
    for (const [name, day] of [["spring", spring], ["autumn", autumn]] as const) {
      const from = new Date(Date.parse(`${day}T00:00:00Z`) - 3 * DAY_MS).toISOString();
      const until = new Date(Date.parse(`${day}T00:00:00Z`) + 4 * DAY_MS).toISOString();
      const local = new Intl.DateTimeFormat("sv", { timeZone, dateStyle: "short" });

      it(`fires a fixed time once on each day when clocks change in ${name} in ${timeZone}`, () => {
        for (const [hour, minute] of [[2, 30], [1, 30], [3, 0], [0, 0]] as const) {
          for (const schedule of [{ timeZone, calendars: [{ hour, minute }] }, { timeZone, cron: [`${minute} ${hour} * * *`] }]) {
            const days = firings(schedule, from, until).map((ms) => local.format(ms));
            expect(days, `${hour}:${minute}`).to.deep.equal([...new Set(days)]);
            expect(days.length, `${hour}:${minute}`).to.be.within(6, 8);
            expect(days, `${hour}:${minute}`).to.include(day);
          }
        }
      });

      it(`fires every hour and every half hour that passes when clocks change in ${name} in ${timeZone}`, () => {
        for (const [pattern, everyMs] of [["0 * * * *", HOUR_MS], ["*/30 * * * *", HOUR_MS / 2]] as const) {
          const all = firings({ timeZone, cron: [pattern] }, from, until);
          expect(all.length).to.be.greaterThan(100);
          expect(new Set(all.slice(1).map((ms, index) => ms - (all[index] ?? 0)))).to.deep.equal(new Set([everyMs]));
        }
      });
    }
  }

  it("is late by its jitter, always by the same for the same firing", () => {
    const schedule: Schedule = { intervals: [{ every: "1h" }], jitter: "10m" };
    const once = TIMING.nextFiring(schedule, "a", 0);
    expect(TIMING.nextFiring(schedule, "a", 0)).to.deep.equal(once);
    const late = Array.from({ length: 50 }, (_, hour) => TIMING.nextFiring(schedule, "a", hour * HOUR_MS)).map((firing) => (firing?.atMs ?? 0) - (firing?.nominalMs ?? 0));
    expect(Math.max(...late)).to.be.below(600_000);
    expect(new Set(late).size).to.be.greaterThan(40);
  });

  it("that has fired its last is let be, not one that never could fire", () => {
    expect(() => TIMING.checkSchedule({ calendars: [{ year: 2020 }] }, { mayBeOver: true })).to.not.throw();
    expect(() => TIMING.checkSchedule({ cron: ["0 0 30 2 *"] }, { mayBeOver: true })).to.throw(/never fires/);
  });

  for (const [what, schedule] of Object.entries<Schedule>({
    "an interval of nothing": { intervals: [{ every: 0 }] },
    "an interval that is no duration": { intervals: [{ every: "soon" }] },
    "an unknown time zone": { timeZone: "Mars/Base" },
    "a cron that cannot be read": { cron: ["every day"] },
    "a field beyond its range": { calendars: [{ hour: 24 }] },
    "a range that ends before it starts": { calendars: [{ hour: { start: 5, end: 4 } }] },
    "a step of nothing": { calendars: [{ hour: { start: 1, end: 5, step: 0 } }] },
    "a field without a value": { calendars: [{ hour: [] }] },
    "a day that has no such name": { calendars: [{ dayOfWeek: "FUNDAY" as "SUNDAY" }] },
  })) {
    it(`is refused with ${what}`, () => {
      expect(() => TIMING.checkSchedule(schedule)).to.throw().with.property("code", "SCHEDULE_INVALID");
    });
  }

  for (const [what, schedule] of Object.entries<Schedule>({
    "a year that is over": { calendars: [{ year: 2020 }] },
    "a day that its month does not have": { calendars: [{ month: "FEBRUARY", dayOfMonth: 30 }] },
    "a cron of 30 February": { cron: ["0 0 30 2 *"] },
    "several that are all over": { calendars: [{ year: 2020 }], cron: ["0 0 31 4 *"], timeZone: "Europe/Berlin" },
  })) {
    it(`is refused when it never fires, with ${what}`, () => {
      expect(() => TIMING.checkSchedule(schedule)).to.throw(/never fires/).with.property("code", "SCHEDULE_INVALID");
    });
  }

  it("is taken when a part of it fires, however rarely, and when it names nothing", () => {
    for (const schedule of [{ calendars: [{ year: 2020 }, { hour: 3 }] }, { cron: ["0 0 29 2 *"] }, { intervals: [{ every: "1h" }], cron: ["0 0 30 2 *"] }, {}]) expect(() => TIMING.checkSchedule(schedule)).to.not.throw();
  });
});
