import { Text } from "@mantine/core";
import { IconActivity, IconCalendarPause, IconChevronRight, IconIdOff, IconSend, IconServerOff } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { AppLink } from "../../ui/AppLink.tsx";
import classes from "./Home.module.css";
import type { AttentionItem } from "./use-attention.ts";

const ICONS = { "auth-session": IconIdOff, runs: IconActivity, deliveries: IconSend, job: IconCalendarPause, worker: IconServerOff } as const;

/** What a person should look at, each with the way to it. */
export function AttentionList({ items }: { readonly items: readonly AttentionItem[] }): ReactElement {
  return (
    <ul className={`lk-card ${classes["list"] ?? ""}`} aria-label="Needs attention">
      {items.map((item) => {
        const Icon = ICONS[item.kind];
        return (
          <li key={item.key} className={classes["item"]}>
            <Icon size={20} stroke={1.7} aria-hidden className={classes["icon"]} />
            <div className={classes["words"]}>
              <ItemLink item={item} />
              <Text size="sm" c="dimmed" lineClamp={2}>
                {item.project !== undefined && <span>{item.project} · </span>}
                {item.description}
              </Text>
            </div>
            <IconChevronRight size={16} aria-hidden className={classes["chevron"]} />
          </li>
        );
      })}
    </ul>
  );
}

function ItemLink({ item: { kind, title, project = "", id = "" } }: { readonly item: AttentionItem }): ReactElement {
  const props = { c: "inherit", fw: 600, fz: "sm", className: classes["link"] ?? "" } as const;
  switch (kind) {
    case "auth-session":
      return <AppLink {...props} to="/projects/$project/auth-sessions/$authSessionId" params={{ project, authSessionId: id }}>{title}</AppLink>;
    case "job":
      return <AppLink {...props} to="/projects/$project/jobs/$jobId" params={{ project, jobId: id }}>{title}</AppLink>;
    case "deliveries":
      return <AppLink {...props} to="/projects/$project/deliveries" params={{ project }} search={{ status: "failed" }}>{title}</AppLink>;
    case "runs":
      return <AppLink {...props} to="/projects/$project/runs" params={{ project }} search={{ status: "failed", since: id }}>{title}</AppLink>;
    case "worker":
      return <AppLink {...props} to="/workers">{title}</AppLink>;
  }
}
