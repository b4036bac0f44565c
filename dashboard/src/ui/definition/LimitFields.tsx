import { NumberInput } from "@mantine/core";
import type { ReactElement } from "react";

/** A whole number that may be left to the server's default, which is shown where it would be. */
export function LimitField({ label, description, value, fallback, max, suffix = "", error, onChange }: { readonly label: string; readonly description?: string; readonly value: number | undefined; readonly fallback: number; readonly max: number; readonly suffix?: string; readonly error: string | undefined; readonly onChange: (value: number | undefined) => void }): ReactElement {
  return <NumberInput label={label} description={description} placeholder={`${fallback}${suffix}`} suffix={suffix} min={1} max={max} clampBehavior="none" allowDecimal={false} value={value ?? ""} error={error} onChange={(next) => onChange(typeof next === "number" ? next : undefined)} />;
}
