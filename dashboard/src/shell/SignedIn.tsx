import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect, type ReactElement } from "react";
import { sessionQuery } from "../api/session.ts";
import { ErrorBox } from "../ui/ErrorBox.tsx";
import { PageLoading } from "../ui/PageLoading.tsx";
import { Shell } from "./Shell.tsx";

/** The frame of all pages that need a session; without one, signing in comes first, and then the page that was asked for. */
export function SignedIn(): ReactElement {
  const { data: session, error, refetch } = useQuery(sessionQuery);
  const router = useRouter();
  useEffect(() => {
    // Asked of the router, not of this render: while the sign-in page is loaded, the address is already its own.
    const { pathname, href } = router.history.location;
    if (session === null && pathname !== "/sign-in") void router.navigate({ to: "/sign-in", search: href === "/" ? {} : { to: href }, replace: true });
  }, [session, router]);
  if (session === undefined || session === null)
    return (
      <main style={{ padding: "2rem", maxWidth: 640, margin: "0 auto" }}>
        {error === null ? <PageLoading /> : <ErrorBox error={error} title="The server does not answer" onRetry={() => void refetch()} />}
      </main>
    );
  return <Shell session={session} />;
}
