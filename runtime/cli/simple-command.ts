import type { JsonValue } from "../model/json.ts";
import type { AnyCommand } from "./command.ts";
import { clientFromCli } from "./remote/client-from-cli.ts";

type Given = Readonly<Record<string, unknown>>;

/** A command that is one request to the server and one thing to print. */
export interface SimpleCommand extends Omit<AnyCommand, "run"> {
  /** Method, path below the project, and body. */
  readonly request: (given: Given) => readonly [method: "GET" | "POST" | "DELETE" | "PATCH", path: string, body?: JsonValue];
  readonly print: (answer: JsonValue, given: Given) => string;
}

/** The command that such a request makes. */
export function simpleCommand({ request, print, ...command }: SimpleCommand): AnyCommand {
  return {
    ...command,
    async run(given, context) {
      const answer = await (await clientFromCli(context)).request(...request(given));
      context.printJson(answer);
      context.print(print(answer, given));
      return 0;
    },
  };
}
