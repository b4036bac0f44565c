import type { KeyboardEvent } from "react";

/** In a field with suggestions Enter takes one; it must not send the whole form, which is filled in further down. */
export function enterTakesSuggestion(event: KeyboardEvent): void {
  if (event.key === "Enter") event.preventDefault();
}
