/** One thing that `doctor` looked at. */
export interface DoctorCheck {
  readonly name: string;
  /** `warning`: works, but not as well as it could. */
  readonly status: "ok" | "warning" | "missing";
  /** What was found. */
  readonly detail: string;
  /** The command that mends it, or null. */
  readonly fix: string | null;
}
