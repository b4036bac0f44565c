import { useQuery } from "@tanstack/react-query";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, type ReactElement } from "react";
import { sessionQuery } from "../api/session.ts";
import { ErrorBox } from "../ui/ErrorBox.tsx";
import { PageLoading } from "../ui/PageLoading.tsx";
import { Shell } from "./Shell.tsx";

/** The frame of all pages that need a session; without one, signing in comes first, and then the page that was asked for. */
export function SignedIn(): ReactElement {
  const { data: session, error, refetch } = useQuery(sessionQuery);
  const { href } = useLocation();
  if (session === null) return <ToSignIn asked={href} />;
  if (session === undefined)
    return (
      <main style={{ padding: "2rem", maxWidth: 640, margin: "0 auto" }}>
        {error === null ? <PageLoading /> : <ErrorBox error={error} title="The server does not answer" onRetry={() => void refetch()} />}
      </main>
    );
  return <Shell session={session} />;
}

/** Leads there once: the address that is asked for changes while it does. */
function ToSignIn({ asked }: { readonly asked: string }): ReactElement {
  const navigate = useNavigate();
  const to = useRef(asked);
  useEffect(() => {
    void navigate({ to: "/sign-in", search: to.current === "/" ? {} : { to: to.current }, replace: true });
  }, [navigate]);
  return <PageLoading />;
}
