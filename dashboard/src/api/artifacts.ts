import { queryOptions } from "@tanstack/react-query";
import { requestBlob } from "./request.ts";

const TYPES: Readonly<Record<string, string>> = { jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", webp: "image/webp", gif: "image/gif" };

/** A file of a run, by its address; files never change. Pictures have their type, so that a page can show them. */
export function blobQuery(path: string) {
  return queryOptions({
    queryKey: ["blob", path],
    queryFn: async ({ signal }) => {
      const blob = await requestBlob(path, signal);
      return new Blob([blob], { type: TYPES[path.split(".").at(-1) ?? ""] ?? "application/octet-stream" });
    },
    staleTime: Infinity,
    gcTime: 60_000,
  });
}
