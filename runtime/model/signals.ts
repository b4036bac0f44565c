/** What processes that share a database tell each other. Nothing in it is secret. */
export type Signal =
  /** A run of the project may be ready, or room for one has come. */
  | { readonly kind: "work"; readonly projectId: string }
  | { readonly kind: "events"; readonly runId: string }
  | { readonly kind: "ended"; readonly runId: string }
  | { readonly kind: "cancel"; readonly runId: string }
  | { readonly kind: "answer"; readonly runId: string }
  | { readonly kind: "deliver" };

/** Hears what others tell. */
export interface SignalListener extends AsyncDisposable {
  /** `null` after a break of the connection: anything may have been missed. @returns a function that removes the listener. */
  on(listener: (signal: Signal | null) => void): () => void;
}
