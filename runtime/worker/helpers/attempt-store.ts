import { attemptScope } from "../attempt-scope.ts";

/** Values that live for one attempt: how `hooks/setupContext` hands something to an API. */
export const attemptStore = {
  /** The value set before, or undefined. */
  get<T>(key: string): T | undefined {
    return attemptScope("attemptStore").attemptStore.get(key) as T | undefined;
  },
  /** Keeps any value, JSON or not. */
  set(key: string, value: unknown): void {
    attemptScope("attemptStore").attemptStore.set(key, value);
  },
};
