import { Skeleton, Stack } from "@mantine/core";
import type { ReactElement } from "react";

/** Stands where a page is about to be, with its shape, so that nothing jumps. */
export function PageLoading(): ReactElement {
  return (
    <Stack gap="md" role="status" aria-label="Loading">
      <Skeleton height={28} width={200} />
      <Skeleton height={16} width={320} maw="80%" />
      <RowsLoading />
    </Stack>
  );
}

/** The same for a list. */
export function RowsLoading({ rows = 5 }: { readonly rows?: number }): ReactElement {
  return (
    <Stack gap="xs" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={40} />
      ))}
    </Stack>
  );
}
