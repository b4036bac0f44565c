import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A server on a loopback port. */
export interface TestServer extends AsyncDisposable {
  readonly port: number;
  /** How many connections came in. */
  readonly connections: number;
}

/** A site on loopback. Without a handler it answers `hello from HOST`. */
export function startSite(handle: (request: IncomingMessage, response: ServerResponse) => void = (request, response) => response.end(`hello from ${request.headers.host ?? ""}`)): Promise<TestServer> {
  return listen(createHttpServer(handle));
}

/** Accepts connections and says nothing. */
export function startSilentServer(): Promise<TestServer> {
  return listen(createServer());
}

/** A port where nobody listens. */
export async function closedPort(): Promise<number> {
  await using server = await startSilentServer();
  return server.port;
}

async function listen(server: Server): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
