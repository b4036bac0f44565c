import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, type CSSProperties, type ReactElement } from "react";
import { blobQuery } from "../api/artifacts.ts";

/** A picture that a run left. Files are served as downloads, so it is read, and shown from memory. */
export function ArtifactImage({ path, alt, style }: { readonly path: string; readonly alt: string; readonly style?: CSSProperties }): ReactElement {
  const { data, error } = useQuery(blobQuery(path));
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (data === undefined) return;
    const made = URL.createObjectURL(data);
    setUrl(made);
    return () => {
      setUrl(null);
      URL.revokeObjectURL(made);
    };
  }, [data]);
  if (error !== null)
    return (
      <Text size="sm" c="dimmed">
        The picture cannot be read.
      </Text>
    );
  return url === null ? <Skeleton style={{ aspectRatio: "16 / 10", ...style }} /> : <img src={url} alt={alt} style={{ display: "block", maxWidth: "100%", ...style }} />;
}
