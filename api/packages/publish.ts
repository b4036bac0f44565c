import { gzipSync } from "node:zlib";
import { extendTimeout, getAuthSessionParameters, log, RunError, type Page } from "latchkey";
import type { Credentials } from "../../auth-sessions/create.ts";

interface Params {
  /** @pattern ^[a-z0-9][a-z0-9._-]*$ */
  name: string;
  /** @pattern ^\d+\.\d+\.\d+$ */
  version: string;
  /** @default "Published by Latchkey" */
  description?: string;
}

interface Published {
  name: string;
  version: string;
  /** Whether the registry's own page shows it now. */
  shown: boolean;
}

/** Publishes a package that holds nothing but its package.json, and looks at the registry's page to prove it. */
export default async function publish({ name, version, description = "" }: Params, page: Page): Promise<Published> {
  const { baseUrl, username, password } = getAuthSessionParameters<Credentials>();
  await page.goto(baseUrl);
  const tarball = packageTarball({ name, version, description });
  const body = {
    _id: name,
    name,
    "dist-tags": { latest: version },
    versions: { [version]: { name, version, description, dist: { tarball: `${baseUrl}/${name}/-/${name}-${version}.tgz` } } },
    _attachments: { [`${name}-${version}.tgz`]: { content_type: "application/octet-stream", data: tarball.toString("base64"), length: tarball.length } },
  };
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const status = await page.evaluate(
    async (path, json, header) => {
      const response = await fetch(path, { method: "PUT", headers: { "content-type": "application/json", authorization: header }, body: json });
      return response.status;
    },
    `/${name}`,
    JSON.stringify(body),
    authorization,
  );
  if (status === 409) throw new RunError(`${name}@${version} is published already.`, { details: { name, version } });
  if (status !== 201) throw new RunError(`The registry answered ${status}.`, { retriable: status >= 500 });
  log.info(`published ${name}@${version}`);
  extendTimeout();
  await page.goto(new URL(`-/web/detail/${name}`, `${baseUrl}/`).href);
  const shown = await page.waitForFunction((text) => document.body.innerText.includes(text), {}, version).then(
    () => true,
    () => false,
  );
  return { name, version, shown };
}

/** A gzipped tar archive with one file, package/package.json (the ustar format). */
function packageTarball(manifest: object): Buffer {
  const content = Buffer.from(JSON.stringify(manifest));
  const header = Buffer.alloc(512);
  header.write("package/package.json", 0);
  header.write("0000644\0", 100);
  header.write("0000000\0".repeat(2), 108);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        0", 148);
  header.write("ustar\u000000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return gzipSync(Buffer.concat([header, content, padding, Buffer.alloc(1024)]));
}
