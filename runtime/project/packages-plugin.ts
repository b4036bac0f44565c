import { createRequire, isBuiltin } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";

/** Names under which a project imports its helpers: ours, and that of Intuned projects. */
const RUNTIME_NAMES = /^(?:latchkey|@intuned\/runtime)$/;
const PACKAGE = /^[^./]/;
/** Marks our own call of esbuild's resolver, which would ask this plugin again. */
const ASKED = Symbol("asked");

/**
 * Leaves packages to Node, after seeing that they are there; gives the helpers from the runtime that runs,
 * wherever that is installed; refuses native addons among the project's own files.
 */
export function packagesPlugin({ projectDir, runtimeEntry }: { readonly projectDir: string; readonly runtimeEntry: string }): Plugin {
  const require = createRequire(join(projectDir, "package.json"));
  const own = createRequire(import.meta.url);
  return {
    name: "latchkey-packages",
    setup({ onResolve, resolve }) {
      onResolve({ filter: RUNTIME_NAMES }, () => ({ path: runtimeEntry, external: true }));
      onResolve({ filter: /\.node$/ }, ({ path }) => ({ errors: [{ text: `${path} is a native addon, which cannot be bundled`, detail: "NATIVE_ADDON" }] }));
      onResolve({ filter: PACKAGE }, async ({ path, kind, resolveDir, importer, pluginData }) => {
        if (kind === "entry-point" || pluginData === ASKED || isBuiltin(path) || path.startsWith("#") || path.startsWith("node:")) return undefined;
        // A path of tsconfig.json looks like a package; esbuild knows it as a file of the project.
        const resolved = await resolve(path, { kind, resolveDir, importer, pluginData: ASKED });
        if (resolved.errors.length === 0 && resolved.path.startsWith(projectDir) && !resolved.path.includes("/node_modules/")) return resolved;
        if (resolved.errors.length === 0 || canResolve(require, path)) return { path, external: true };
        if (path.startsWith("puppeteer") && canResolve(own, "puppeteer-core")) return { path: pathToFileURL(own.resolve("puppeteer-core")).href, external: true };
        return { errors: [{ text: `The package ${packageOf(path)} is not installed`, notes: [{ text: `npm install ${packageOf(path)}` }] }] };
      });
    },
  };
}

function canResolve(require: NodeJS.Require, path: string): boolean {
  try {
    require.resolve(path);
    return true;
  } catch {
    return false;
  }
}

function packageOf(path: string): string {
  return path
    .split("/")
    .slice(0, path.startsWith("@") ? 2 : 1)
    .join("/");
}
