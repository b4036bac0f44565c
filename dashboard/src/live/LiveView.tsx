import { ActionIcon, Button, Group, Loader, Text, Tooltip, VisuallyHidden } from "@mantine/core";
import { IconArrowLeft, IconArrowRight, IconCheck, IconRefresh, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import { useCallback, useEffect, useRef, useState, type CSSProperties, type ReactElement } from "react";
import { ConfirmButton } from "../ui/ConfirmButton.tsx";
import { InputBar } from "./InputBar.tsx";
import { listenToKeyboard } from "./keyboard-input.ts";
import classes from "./LiveView.module.css";
import { listenToPointer } from "./pointer-input.ts";
import { useLive, type Connection, type Live } from "./use-live.ts";

/** What a live view is shown with. */
export interface LiveViewProps {
  /** Of the WebSocket, such as that of a run. */
  readonly path: string;
  /** Offers to finish and to give up, once the server says that input is taken. */
  readonly isRecording?: boolean;
  /** Told once, when nothing more comes. */
  readonly onEnded?: () => void;
}

const CONNECTIONS: Readonly<Record<Connection, string>> = { connecting: "Connecting", open: "Waits for the browser", lost: "The connection broke; trying again", refused: "The live view cannot be opened", ended: "Ended" };

/** The remote page as it is now. In a recording, with mouse, keyboard, clipboard, touch and scrolling. */
export function LiveView({ path, isRecording = false, onEnded }: LiveViewProps): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const leaveTo = useRef<HTMLButtonElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const [isFocused, setFocused] = useState(false);
  const [isZoomed, setZoomed] = useState(false);
  const live = useLive(path, canvas);
  const { state, connection, send } = live;
  const isInteractive = state?.interactive === true && state.state === "live";
  // The size is 0 until the browser has told it.
  const [width, height] = state === null || state.width === 0 || state.height === 0 ? [1280, 720] : [state.width, state.height];
  const size = useRef({ width, height });
  useEffect(() => {
    size.current = { width, height };
  }, [width, height]);
  useEffect(() => {
    if (connection === "ended") onEnded?.();
    // Only the end itself tells, not a new function.
  }, [connection]);

  const leave = useCallback(() => {
    field.current?.blur();
    leaveTo.current?.focus();
  }, []);
  useEffect(() => {
    if (!isInteractive || canvas.current === null || field.current === null) return;
    const input = field.current;
    const stopPointer = listenToPointer({ canvas: canvas.current, send, size: () => size.current, isFocused: () => document.activeElement === input, focus: () => input.focus({ preventScroll: true }), panned: () => (scroller.current !== null && scroller.current.scrollWidth > scroller.current.clientWidth ? scroller.current : null) });
    const stopKeyboard = listenToKeyboard({ field: input, send, leave });
    return () => {
      stopPointer();
      stopKeyboard();
    };
  }, [isInteractive, send, leave]);

  return (
    <section className={classes["view"]} aria-label="Live view" data-focused={isFocused || undefined} data-state={state?.state ?? connection}>
      <Header live={live} isInteractive={isInteractive} isRecording={isRecording} isZoomed={isZoomed} onZoom={() => setZoomed(!isZoomed)} />
      <div ref={scroller} className={classes["scroller"]} {...(isZoomed && { tabIndex: 0, role: "group", "aria-label": "Enlarged picture" })}>
        <div className={classes["stage"]} data-zoomed={isZoomed || undefined} style={{ aspectRatio: `${width} / ${height}`, "--live-ratio": width / height } as CSSProperties}>
          <canvas ref={canvas} width={width} height={height} className={classes["canvas"]} role="img" aria-label={`Picture of the remote page${state === null || state.title === "" ? "" : `: ${state.title}`}`} data-interactive={isInteractive || undefined} />
          {isInteractive && <textarea ref={field} className={classes["field"]} aria-label="Keyboard of the remote browser. Press Escape twice to leave." onFocus={() => setFocused(true)} onBlur={() => setFocused(false)} autoComplete="off" autoCorrect="off" autoCapitalize="off" spellCheck={false} />}
          {(connection !== "open" || state?.state !== "live" || !live.hasPicture) && <Cover live={live} />}
        </div>
      </div>
      {isInteractive && <InputBar live={live} isFocused={isFocused} isZoomed={isZoomed} onFocus={() => field.current?.focus({ preventScroll: true })} onLeave={leave} leaveRef={leaveTo} />}
      {live.problem !== null && (
        <Text size="sm" p="xs" role="alert" c="var(--mantine-color-error)">
          {live.problem}
        </Text>
      )}
    </section>
  );
}

function Header({ live: { state, connection, send }, isInteractive, isRecording, isZoomed, onZoom }: { readonly live: Live; readonly isInteractive: boolean; readonly isRecording: boolean; readonly isZoomed: boolean; readonly onZoom: () => void }): ReactElement {
  const said = connection === "open" && state?.state === "live" ? `Live: ${state.title === "" ? state.url : state.title}` : CONNECTIONS[connection];
  const steps = [
    ["back", "Back", IconArrowLeft],
    ["forward", "Forward", IconArrowRight],
    ["reload", "Reload", IconRefresh],
  ] as const;
  return (
    <Group className={classes["header"] ?? ""} gap="xs" wrap="wrap">
      {isInteractive && (
        <Group gap={2} wrap="nowrap">
          {steps.map(([action, label, Icon]) => (
            <Tooltip key={action} label={label}>
              <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={() => send({ type: "navigate", action })}>
                <Icon size={17} />
              </ActionIcon>
            </Tooltip>
          ))}
        </Group>
      )}
      <span className={classes["dot"]} data-live={(connection === "open" && state?.state === "live") || undefined} aria-hidden />
      <Text size="xs" className={`lk-mono lk-clip ${classes["address"] ?? ""}`} title={state?.url} aria-label="Address of the remote page">
        {state?.url ?? ""}
      </Text>
      <Tooltip label={isZoomed ? "Fit the picture" : "Enlarge the picture"}>
        <ActionIcon variant="subtle" color="gray" aria-label="Enlarge the picture" aria-pressed={isZoomed} onClick={onZoom}>
          {isZoomed ? <IconZoomOut size={17} /> : <IconZoomIn size={17} />}
        </ActionIcon>
      </Tooltip>
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      {isRecording && isInteractive && (
        <Group gap="xs">
          <ConfirmButton label="Give up" buttonProps={{ size: "compact-sm" }} title="Give up this recording?" confirmLabel="Give up" onConfirm={async () => send({ type: "cancel" })}>
            What was typed is forgotten, and no login is kept.
          </ConfirmButton>
          <Button size="compact-sm" leftSection={<IconCheck size={15} aria-hidden />} onClick={() => send({ type: "finish" })}>
            I am logged in
          </Button>
        </Group>
      )}
    </Group>
  );
}

function Cover({ live: { connection, state, retry, hasPicture } }: { readonly live: Live }): ReactElement {
  const isOver = connection === "ended" || connection === "refused";
  return (
    <div className={classes["cover"]} data-faint={hasPicture || undefined}>
      {!isOver && <Loader size="sm" />}
      <Text size="sm">{connection === "open" && state?.state === "live" ? "Waits for the first picture" : CONNECTIONS[connection]}</Text>
      {connection === "refused" && (
        <Button size="compact-sm" variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}
