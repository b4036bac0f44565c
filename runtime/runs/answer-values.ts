import { toLatchkeyError } from "../model/errors.ts";
import type { JsonValue } from "../model/json.ts";
import type { PersistentValues } from "../model/persistent-values.ts";
import type { ValuesAnswer, ValuesRequest } from "../model/worker-protocol.ts";

/** Answers what the child asks of the persistent store. */
export async function answerValues(values: PersistentValues | null, { requestId, operation, key, value }: ValuesRequest): Promise<ValuesAnswer> {
  const answer = (result: JsonValue | undefined): ValuesAnswer => ({ type: "values-answer", requestId, ...(result !== undefined && { value: result }) });
  try {
    if (values === null) throw new Error("there is no persistent store here.");
    if (operation === "get") return answer(await values.get(key));
    if (operation === "list") return answer([...(await values.list(key))]);
    if (operation === "delete") return answer(await values.delete(key));
    await values.set(key, value ?? null);
    return answer(undefined);
  } catch (thrown) {
    return { type: "values-answer", requestId, error: `persistentStore: ${toLatchkeyError(thrown).message}` };
  }
}
