import { spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";

/** A server program that was started, on loopback. */
export interface StartedProcess extends AsyncDisposable {
  readonly url: string;
}

/** How a server program is started. */
export interface StartOptions {
  /** The file that Node runs. */
  readonly entry: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly port: number;
  /** Ready when this path answers. */
  readonly readyPath: string;
  readonly timeoutMs?: number;
}

/** Starts a program of Node and waits until it answers. Disposing kills it with all its processes. */
export async function startProcess({ entry, args, cwd, port, readyPath, timeoutMs = 60_000 }: StartOptions): Promise<StartedProcess> {
  const child = spawn(process.execPath, [entry, ...args], { cwd, detached: true, stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env["PATH"] ?? "", HOME: cwd } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output = (output + text).slice(-4_000)));
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    try {
      process.kill(-(child.pid ?? 0), "SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await exited;
  };
  const endsAtMs = performance.now() + timeoutMs;
  while (!(await answers(url + readyPath))) {
    if (child.exitCode !== null || performance.now() > endsAtMs) {
      await stop();
      throw new Error(`${entry} did not start:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, [Symbol.asyncDispose]: stop };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(({ status }) => status < 500, () => false);
}

/** A port that nobody uses at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
