/**
 * Entry of the process that loads a deployment's modules once, to see whether they can be.
 *
 * @module
 */
import { pathToFileURL } from "node:url";

process.once("message", (modules: readonly { readonly file: string; readonly name: string }[]) => {
  void load(modules).then((problem) => process.send?.({ problem }, () => process.exit(0)));
});
process.on("disconnect", () => process.exit(0));

async function load(modules: readonly { readonly file: string; readonly name: string }[]): Promise<string | null> {
  for (const { file, name } of modules) {
    try {
      const loaded: unknown = await import(pathToFileURL(file).href);
      const isFunction = typeof loaded === "object" && loaded !== null && "default" in loaded && typeof loaded.default === "function";
      if (!isFunction) return `${name} has no function as its default export`;
    } catch (thrown) {
      return `${name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    }
  }
  return null;
}
