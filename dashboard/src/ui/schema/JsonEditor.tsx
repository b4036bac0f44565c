import { Textarea } from "@mantine/core";
import { useEffect, useRef, useState, type ReactElement, type ReactNode } from "react";
import type { Json } from "./resolve.ts";

/** JSON as text. What cannot be read is told beside it, and given on to nobody. */
export function JsonEditor({ label, description, value, onChange, onInvalid, error, minRows = 4, withAsterisk }: { readonly label: string; readonly description?: ReactNode; readonly value: Json; readonly onChange: (value: Json) => void; /** Told whether the text cannot be read. */ readonly onInvalid?: (isInvalid: boolean) => void; readonly error?: string | undefined; readonly minRows?: number; readonly withAsterisk?: boolean }): ReactElement {
  const [text, setText] = useState(() => write(value));
  const [problem, setProblem] = useState<string | null>(null);
  const last = useRef(value);
  useEffect(() => {
    // Changed from outside, such as by choosing a sample.
    if (value !== last.current) {
      last.current = value;
      setText(write(value));
      setProblem(null);
    }
  }, [value]);
  const change = (next: string): void => {
    setText(next);
    const read = parse(next);
    setProblem(read.problem);
    onInvalid?.(read.problem !== null);
    if (read.problem !== null) return;
    last.current = read.value;
    onChange(read.value);
  };
  return <Textarea label={label} description={description} value={text} onChange={({ currentTarget }) => change(currentTarget.value)} error={problem ?? error} autosize minRows={minRows} maxRows={24} spellCheck={false} withAsterisk={withAsterisk === true} styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.8rem" } }} />;
}

function write(value: Json): string {
  return value === undefined ? "" : (JSON.stringify(value, null, 2) ?? "");
}

function parse(text: string): { readonly value: Json; readonly problem: string | null } {
  if (text.trim() === "") return { value: undefined, problem: null };
  try {
    return { value: JSON.parse(text) as Json, problem: null };
  } catch (thrown) {
    return { value: undefined, problem: thrown instanceof Error ? `Not JSON: ${thrown.message}` : "Not JSON" };
  }
}
