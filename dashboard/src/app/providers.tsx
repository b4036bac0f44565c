import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { createQueryClient } from "./query-client.ts";
import { router } from "./router.ts";
import { colorSchemeManager, cssVariablesResolver, theme } from "./theme.ts";

const queryClient = createQueryClient();

/** Everything around the pages. */
export function App(): ReactElement {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} colorSchemeManager={colorSchemeManager} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
