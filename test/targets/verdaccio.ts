import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startProcess, type StartedProcess } from "./start-process.ts";

/** A private npm registry with a web page to log in to: a real app that is not ours. */
export interface Verdaccio extends AsyncDisposable {
  readonly url: string;
  /** Restarts it with another secret, so that every login that was made before is dead. */
  endLogins(): Promise<void>;
}

/** Its user. */
export const VERDACCIO_USER = { username: "demo", password: "demo-password-1" };

/** Starts Verdaccio on loopback in a temporary folder, with one user and one package that only users can see. */
export async function startVerdaccio(): Promise<Verdaccio> {
  const dir = await mkdtemp(join(tmpdir(), "latchkey-verdaccio-"));
  const port = await freePort();
  const entry = createRequire(import.meta.url).resolve("verdaccio/bin/verdaccio");
  await writeFile(join(dir, "config.yaml"), configOf(dir));
  const start = (): Promise<StartedProcess> =>
    startProcess({ entry, args: ["--config", join(dir, "config.yaml"), "--listen", `127.0.0.1:${port}`], cwd: dir, port, readyPath: "/-/ping" });
  let running = await start();
  await addUser(running.url);
  await publishPackage(running.url, "left-pad");
  return {
    url: running.url,
    async endLogins() {
      await running[Symbol.asyncDispose]();
      await changeSecret(join(dir, "storage", ".verdaccio-db.json"));
      running = await start();
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Tokens are signed with a secret that Verdaccio keeps beside its packages. */
async function changeSecret(file: string): Promise<void> {
  const database = JSON.parse(await readFile(file, "utf8")) as { secret: string };
  await writeFile(file, JSON.stringify({ ...database, secret: randomBytes(database.secret.length).toString("hex").slice(0, database.secret.length) }));
}

function configOf(dir: string): string {
  return `
storage: ${dir}/storage
web: { title: Verdaccio }
auth: { htpasswd: { file: ${dir}/htpasswd, max_users: 10 } }
packages:
  "**": { access: $authenticated, publish: $authenticated, unpublish: $authenticated }
security:
  web: { sign: { expiresIn: 1h } }
log: { type: stdout, format: pretty, level: warn }
`;
}

async function addUser(url: string): Promise<void> {
  const { username, password } = VERDACCIO_USER;
  const response = await fetch(`${url}/-/user/org.couchdb.user:${username}`, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify({ name: username, password }) });
  if (!response.ok) throw new Error(`Verdaccio did not take the user: ${response.status}`);
}

/** A package that only users can see: what tells a login that holds from one that does not. */
async function publishPackage(url: string, name: string): Promise<void> {
  const { username, password } = VERDACCIO_USER;
  const version = "1.3.0";
  const file = `${name}-${version}.tgz`;
  const body = {
    _id: name,
    name,
    "dist-tags": { latest: version },
    versions: { [version]: { name, version, description: "String left pad", dist: { tarball: `${url}/${name}/-/${file}` } } },
    _attachments: { [file]: { content_type: "application/octet-stream", data: Buffer.from("not a real archive").toString("base64"), length: 18 } },
  };
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const response = await fetch(`${url}/${name}`, { method: "PUT", headers: { "content-type": "application/json", authorization }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`Verdaccio did not take the package: ${response.status}`);
}
