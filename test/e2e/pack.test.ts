import { execFile, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");

/** A server of the installed package, with its own PostgreSQL, that answers and stops. */
async function serveOnce(project: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, [join(project, "node_modules", "latchkey", "bin", "latchkey.js"), "serve", "--port", "0", "--slots", "0", "--json"], { cwd: project, env, stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let stdout = "";
  for await (const chunk of child.stdout) {
    stdout += String(chunk);
    if (stdout.trimEnd().endsWith("}")) break;
  }
  const { url } = JSON.parse(stdout) as { readonly url?: string };
  expect(url, stderr).to.be.a("string");
  expect((await fetch(`${url ?? ""}/readyz`)).status).to.equal(200);
  child.kill("SIGTERM");
  await ended;
}

describe("the packed program", function () {
  this.timeout(300_000);

  it("makes a project that installs, runs and type-checks in a fresh folder", async () => {
    const dir = await mkdtemp(join(tmpdir(), "latchkey-test-"));
    const env = { ...process.env, XDG_CONFIG_HOME: join(dir, ".config") };
    const npm = (cwd: string, ...args: string[]) => run("npm", args, { cwd, env });
    const { stdout } = await npm(ROOT, "pack", "--ignore-scripts", "--json", "--pack-destination", dir);
    const packed = /"filename":\s*"([^"]+\.tgz)"/.exec(stdout)?.[1] ?? "";
    const host = join(dir, "host");
    await mkdir(host);
    await writeFile(join(host, "package.json"), '{ "private": true }');
    await npm(host, "install", "--prefer-offline", "--no-audit", "--no-fund", join(dir, packed));
    await npm(host, "exec", "--", "latchkey", "init", "my-project");
    const project = join(host, "my-project");
    await npm(project, "install", "--prefer-offline", "--no-audit", "--no-fund");
    const outcome = await npm(project, "exec", "--", "latchkey", "run", "hello", '{"name": "Sam"}', "--json");
    expect(JSON.parse(outcome.stdout)).to.include({ status: "completed" }).and.have.deep.property("result", { greeting: "Hello, Sam!" });
    await run(process.execPath, [join(project, "node_modules", "typescript", "bin", "tsc"), "--noEmit"], { cwd: project });
    expect(JSON.parse((await npm(project, "exec", "--", "latchkey", "build", "--json")).stdout)).to.include({ format: 1 });
    await serveOnce(project, env);
    expect(await readFile(join(project, ".gitignore"), "utf8")).to.include(".latchkey/");
    await rm(dir, { recursive: true, force: true });
  });

  it("begins a project with the shape of the sample", async () => {
    const dir = await mkdtemp(join(tmpdir(), "latchkey-test-"));
    await cp(join(ROOT, "project-template"), dir, { recursive: true });
    for (const file of ["latchkey.jsonc", "auth-sessions/create.ts", "auth-sessions/check.ts", "api/hello.ts"]) expect((await readFile(join(dir, file), "utf8")).length, file).to.be.greaterThan(0);
    for (const file of ["auth-sessions/create.ts", "auth-sessions/check.ts"]) {
      const exported = (text: string): readonly string[] => [...text.matchAll(/export (?:default async function|interface) (\w+)/g)].map(([, name = ""]) => name);
      expect(exported(await readFile(join(dir, file), "utf8"))).to.deep.equal(exported(await readFile(join(ROOT, file), "utf8")));
    }
    await rm(dir, { recursive: true, force: true });
  });
});
