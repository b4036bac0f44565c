/** What processes that share a database tell each other. Nothing in it can be read as a secret: what people type is sealed. */
export type Signal =
  /** A run of the project may be ready, or room for one has come. */
  | { readonly kind: "work"; readonly projectId: string }
  | { readonly kind: "events"; readonly runId: string }
  | { readonly kind: "ended"; readonly runId: string }
  | { readonly kind: "cancel"; readonly runId: string }
  | { readonly kind: "answer"; readonly runId: string }
  /** Something new of the run can be seen. */
  | { readonly kind: "frame"; readonly runId: string }
  /** Somebody looks at the run, or no longer. */
  | { readonly kind: "watch"; readonly runId: string }
  /** What a viewer did. */
  | { readonly kind: "input"; readonly runId: string; readonly viewerId: string; readonly sealed: string }
  /** A piece of what a viewer asked to copy. */
  | { readonly kind: "selection"; readonly runId: string; readonly viewerId: string; readonly sealed: string; readonly isLast: boolean }
  | { readonly kind: "deliver" }
  /** A job or a queue may have to be looked at sooner than was thought. */
  | { readonly kind: "dispatch" };

/** Remembers whether something was told since the last look, so that nothing is missed between looking and waiting. */
export interface SignalWatch extends Disposable {
  /** Resolves when something fitting was told, the time is over, or the signal aborts. */
  next(options: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<void>;
  /** Makes `next` resolve now. */
  wake(): void;
}

/** Hears what others tell. */
export interface SignalListener extends AsyncDisposable {
  /** Watches for signals that fit; a break of the connection always does. Watch first, then look, then wait. */
  watch(fits: (signal: Signal) => boolean): SignalWatch;
  /** `null` after a break of the connection: anything may have been missed. @returns a function that removes the listener. */
  on(listener: (signal: Signal | null) => void): () => void;
}
