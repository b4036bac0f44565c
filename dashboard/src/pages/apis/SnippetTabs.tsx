import { Tabs } from "@mantine/core";
import type { ReactElement } from "react";
import type { RunStart } from "../../api/runs.ts";
import { CodeBlock } from "../../ui/CodeBlock.tsx";
import { snippetsOf } from "./snippets.ts";

/** The same run without the dashboard. */
export function SnippetTabs({ project, start }: { readonly project: string; readonly start: RunStart }): ReactElement {
  const snippets = snippetsOf(location.origin, project, start);
  return (
    <Tabs defaultValue="curl" className="lk-card" p="lg" pt="xs" keepMounted={false}>
      <Tabs.List mb="sm" aria-label="Copy as">
        {snippets.map(({ name }) => (
          <Tabs.Tab key={name} value={name}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {snippets.map(({ name, code }) => (
        <Tabs.Panel key={name} value={name}>
          <CodeBlock code={code} label={name} maxHeight={220} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
