import { Group, UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { CopyButton } from "./CopyButton.tsx";
import classes from "./JsonTree.module.css";

/** Longer lists are shown in parts: a result of ten thousand rows must not stop the page. */
const SHOWN = 100;

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
        {left}
        {!isOpen && <span className={classes["count"]}>{`${entries.length} ${Array.isArray(value) ? (entries.length === 1 ? "item" : "items") : entries.length === 1 ? "key" : "keys"}`}</span>}
        {!isOpen && right}
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
