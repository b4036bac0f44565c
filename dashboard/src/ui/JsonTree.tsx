import { Group, UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { CopyButton } from "./CopyButton.tsx";
import classes from "./JsonTree.module.css";

/** Longer lists are shown in parts: a result of ten thousand rows must not stop the page. */
const SHOWN = 100;
/** What is closed and no longer than this is shown in its line. */
const SHORT = 90;

/** A JSON value as a tree that opens and closes; with a button that copies all of it. */
export function JsonTree({ value, label, openDepth = 2 }: { readonly value: unknown; /** What it is, for screen readers and the copy button. */ readonly label: string; /** How many levels are open at first. */ readonly openDepth?: number }): ReactElement {
  return (
    <div className={classes["tree"]} role="group" aria-label={label}>
      <div className={classes["copy"]}>
        <CopyButton value={JSON.stringify(value, null, 2) ?? ""} label={`Copy ${label.toLowerCase()}`} />
      </div>
      <Node name={null} value={value} depth={0} openDepth={openDepth} />
    </div>
  );
}

function Node({ name, value, depth, openDepth }: { readonly name: string | null; readonly value: unknown; readonly depth: number; readonly openDepth: number }): ReactElement {
  if (typeof value !== "object" || value === null)
    return (
      <div className={classes["line"]}>
        <Name name={name} />
        <Leaf value={value} />
      </div>
    );
  return <Branch name={name} value={value} depth={depth} openDepth={openDepth} />;
}

function Branch({ name, value, depth, openDepth }: { readonly name: string | null; readonly value: object; readonly depth: number; readonly openDepth: number }): ReactElement {
  const [isOpen, setOpen] = useState(depth < openDepth);
  const [shown, setShown] = useState(SHOWN);
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  const [left, right] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0)
    return (
      <div className={classes["line"]}>
        <Name name={name} />
        {left}
        {right}
      </div>
    );
  return (
    <div>
      <UnstyledButton className={classes["toggle"] ?? ""} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <IconChevronRight size={13} aria-hidden className={classes["chevron"]} />
        <Name name={name} />
        {isOpen ? left : <Closed value={value} count={entries.length} />}
      </UnstyledButton>
      {isOpen && (
        <div className={classes["inner"]}>
          {entries.slice(0, shown).map(([key, item]) => (
            <Node key={key} name={key} value={item} depth={depth + 1} openDepth={openDepth} />
          ))}
          {entries.length > shown && (
            <UnstyledButton className={classes["more"] ?? ""} onClick={() => setShown(shown + SHOWN * 5)}>
              Show more ({entries.length - shown} left)
            </UnstyledButton>
          )}
        </div>
      )}
      {isOpen && <div className={classes["line"]}>{right}</div>}
    </div>
  );
}

/** What is closed, in one line: all of it where it is short. */
function Closed({ value, count }: { readonly value: object; readonly count: number }): ReactElement {
  const text = JSON.stringify(value);
  if (text.length <= SHORT) return <span className={classes["closed"]}>{text.replaceAll(/,"/g, ', "').replaceAll('":', '": ')}</span>;
  const word = Array.isArray(value) ? "item" : "key";
  return (
    <span className={classes["closed"]}>
      {Array.isArray(value) ? "[" : "{"} {count} {count === 1 ? word : `${word}s`} {Array.isArray(value) ? "]" : "}"}
    </span>
  );
}

function Name({ name }: { readonly name: string | null }): ReactElement | null {
  return name === null ? null : <span className={classes["name"]}>{name}: </span>;
}

function Leaf({ value }: { readonly value: unknown }): ReactElement {
  const kind = value === null ? "null" : typeof value;
  const isLink = typeof value === "string" && /^https?:\/\/\S+$/.test(value);
  return (
    <Group component="span" gap={4} display="inline">
      {isLink ? (
        <a href={value} target="_blank" rel="noreferrer noopener" className={classes["string"]}>
          {JSON.stringify(value)}
        </a>
      ) : (
        <span className={classes[kind]}>{JSON.stringify(value) ?? "–"}</span>
      )}
    </Group>
  );
}
