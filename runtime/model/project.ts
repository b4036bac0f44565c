import type { JsonSchema } from "./json.ts";
import type { Settings } from "./settings.ts";

/** A project that was loaded: everything known of it without running its code. */
export interface Project {
  /** Absolute path of its folder. */
  readonly dir: string;
  readonly settings: Settings;
  /** APIs by name, sorted. */
  readonly apis: ReadonlyMap<string, ApiFile>;
  /** Absolute paths; null where the file is absent. */
  readonly authSessions: { readonly create: string | null; readonly check: string | null };
  /** `hooks/setupContext.ts`, or null. */
  readonly setupContext: string | null;
  /** The project's own environment variables, from `.env`. Secret. */
  readonly env: Readonly<Record<string, string>>;
}

/** One file below `api/`. */
export interface ApiFile {
  /** Path below `api/` without extension: `orders/list`. */
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
}

/** What can be called in a project. */
export type Target = { readonly kind: "api"; readonly name: string } | { readonly kind: "create" } | { readonly kind: "check" };

/** Code that a child can import. */
export interface CompiledModule {
  /** Absolute path of an ES module. */
  readonly file: string;
  /** The source it was made from, relative to the project. */
  readonly source: string;
}

/** Compiles and describes project code. */
export interface ProjectCompiler {
  /**
   * Compiles one target for running on this machine: the author's files bundled, packages left where they are.
   *
   * @throws LatchkeyError `BUILD_FAILED`, `API_NOT_FOUND`, `API_INVALID`.
   */
  compile(project: Project, target: Target): Promise<CompiledModule>;
  /** Compiles `hooks/setupContext`, or gives null where there is none. */
  compileSetupContext(project: Project): Promise<CompiledModule | null>;
  /**
   * The JSON Schema (draft-07) of the target's parameters; null where the type says nothing (`any`, `unknown`, none, or JavaScript).
   *
   * @throws LatchkeyError `SCHEMA_FAILED`, `BUILD_FAILED`.
   */
  parameterSchema(project: Project, target: Target): Promise<JsonSchema | null>;
}
