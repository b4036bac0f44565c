import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { resolveSettings } from "./config/resolve-settings.ts";
import { readDeclaredResources } from "./deploy/declared-resources.ts";
import { smokeLoad } from "./deploy/smoke-load.ts";
import { unpack, unpackedDir } from "./deploy/unpack.ts";
import { verifyUpload } from "./deploy/verify.ts";
import { EXTENSION, type HostedRuntime } from "./compose-hosted.ts";
import type { AuthSessionStore } from "./model/auth-session.ts";
import type { DeclaredResource, Manifest } from "./model/deployment.ts";
import { LatchkeyError, toLatchkeyError } from "./model/errors.ts";
import type { HostedProject } from "./model/hosted-project.ts";
import type { RunRequest } from "./model/run.ts";
import { isJsonObject } from "./model/json.ts";
import type { Settings } from "./model/settings.ts";
import { contentHashOf } from "./project/build-project.ts";
import { openDeployedProject, type DeployedProject } from "./project/deployed-project.ts";
import { admit, authOf } from "./runs/admit.ts";

/** A deployment that is known. It never changes, so it is read once. */
export interface KnownDeployment {
  readonly id: string;
  readonly manifest: Manifest;
  readonly settings: Settings;
}

/** What servers and workers do with deployments. */
export interface DeploymentsOfRuntime {
  live(project: HostedProject): Promise<KnownDeployment>;
  known(projectId: string, deploymentId: string): Promise<KnownDeployment>;
  admit(project: HostedProject, request: RunRequest): Promise<RunRequest>;
  admitAll(project: HostedProject, requests: readonly RunRequest[], deploymentId?: string): Promise<void>;
  needsAuthSession(project: HostedProject, deploymentId?: string): Promise<boolean>;
  resources(project: HostedProject, deploymentId: string): Promise<readonly DeclaredResource[]>;
  accept(project: HostedProject, manifest: unknown, archive: Buffer, createdBy: string): Promise<{ readonly id: string; readonly isNew: boolean; readonly manifest: Manifest }>;
  /** Ready to run, with the project's environment as it is now. */
  open(projectId: string, deploymentId: string): Promise<DeployedProject>;
}

const CACHED = 200;

/** Deployments of the runtime's database, unpacked below its data folder. */
export function createDeployments({ store, hosted, environment, runtimeEntry }: HostedRuntime): DeploymentsOfRuntime {
  const dir = join(hosted.dataDir, "deployments");
  const cache = new Map<string, Promise<KnownDeployment>>();
  void removeLeftovers(dir);

  /** What may be reached is the operator's to say, not the project's. */
  const settingsOf = ({ name, settings: file, authSessions }: Manifest): Settings => {
    const network = isJsonObject(file["network"]) ? file["network"] : {};
    const ownHosts = hosted.allowPrivate && Array.isArray(network["allowHosts"]) ? network["allowHosts"] : [];
    return resolveSettings({ defaultName: name, hasAuthSessions: authSessions.enabled, file, locate: () => "the deployment's settings", env: {}, overrides: { "network.allowPrivate": hosted.allowPrivate && network["allowPrivate"] !== false, "network.allowHosts": [...ownHosts, ...hosted.allowHosts] } });
  };
  const known = (projectId: string, deploymentId: string): Promise<KnownDeployment> => {
    const cached = cache.get(deploymentId) ?? store.projects.manifest(projectId, deploymentId).then((manifest) => ({ id: deploymentId, manifest, settings: settingsOf(manifest) }));
    cache.delete(deploymentId);
    cache.set(deploymentId, cached);
    const [oldest] = cache.keys();
    if (cache.size > CACHED && oldest !== undefined) cache.delete(oldest);
    cached.catch(() => cache.delete(deploymentId));
    return cached;
  };
  const live = async (project: HostedProject): Promise<KnownDeployment> => {
    if (project.liveDeploymentId === null) throw new LatchkeyError("NO_LIVE_DEPLOYMENT", `The project "${project.name}" has no live deployment.`);
    return known(project.id, project.liveDeploymentId);
  };
  return {
    live,
    known,
    async admit(project, request) {
      const { manifest, settings } = await live(project);
      const deployed = openDeployedProject({ manifest, dir, settings, env: {} });
      return admit({ ...deployed, authSessions: store.authSessions.of(project) }, request);
    },
    async admitAll(project, requests, deploymentId) {
      const { manifest, settings } = deploymentId === undefined ? await live(project) : await known(project.id, deploymentId);
      const parts = { ...openDeployedProject({ manifest, dir, settings, env: {} }), authSessions: rememberSummaries(store.authSessions.of(project)) };
      for (const [index, request] of requests.entries()) {
        await admit(parts, request).catch((thrown: unknown) => {
          const error = toLatchkeyError(thrown);
          throw new LatchkeyError(error.code, requests.length === 1 ? error.message : `Number ${index + 1} of ${requests.length}: ${error.message}`, { ...error.facts, details: { ...error.facts.details, index } });
        });
      }
    },
    async needsAuthSession(project, deploymentId) {
      const { manifest, settings } = deploymentId === undefined ? await live(project) : await known(project.id, deploymentId);
      const apis = manifest.targets.filter(({ name }) => !name.startsWith("auth-sessions/"));
      return settings.authSessions.enabled && apis.length > 0 && apis.every(({ name }) => authOf(name, settings.authSessions.apis) === "required");
    },
    async resources(project, deploymentId) {
      const [{ manifest }, archive] = await Promise.all([known(project.id, deploymentId), store.projects.archive(project.id, deploymentId)]);
      return readDeclaredResources((await verifyUpload(manifest, archive, contentHashOf)).files);
    },
    async accept(project, rawManifest, archive, createdBy) {
      const { manifest, files } = await verifyUpload(rawManifest, archive, contentHashOf);
      try {
        settingsOf(manifest);
      } catch (cause) {
        throw new LatchkeyError("DEPLOYMENT_INVALID", `The deployment was refused: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      }
      const folder = await unpack({ dir, contentHash: manifest.contentHash, files, runtimeEntry });
      const modules = [...manifest.targets, ...(manifest.setupContext === null ? [] : [{ ...manifest.setupContext, source: "hooks/setupContext" }])].map(({ file, source }) => ({ file: join(folder, file), name: source }));
      await smokeLoad({ entry: join(import.meta.dirname, "worker", `smoke-load-process${EXTENSION}`), dir: folder, modules, env: { ...environment.base, ...(await store.projects.env(project.id)) } });
      return { ...(await store.projects.addDeployment(project.id, manifest, archive, createdBy)), manifest };
    },
    async open(projectId, deploymentId) {
      const { manifest, settings } = await known(projectId, deploymentId);
      const env = await store.projects.env(projectId);
      const folder = unpackedDir(dir, manifest.contentHash) ?? (await unpackFrom(projectId, deploymentId));
      return openDeployedProject({ manifest, dir: folder, settings, env });
    },
  };

  async function unpackFrom(projectId: string, deploymentId: string): Promise<string> {
    const [{ manifest }, archive] = await Promise.all([known(projectId, deploymentId), store.projects.archive(projectId, deploymentId)]);
    const { files } = await verifyUpload(manifest, archive, contentHashOf);
    return unpack({ dir, contentHash: manifest.contentHash, files, runtimeEntry });
  }
}

/** Many requests of one job name the same login: it is looked up once. */
function rememberSummaries(store: AuthSessionStore): AuthSessionStore {
  const known = new Map<string, ReturnType<AuthSessionStore["summary"]>>();
  return {
    ...store,
    summary(id) {
      const found = known.get(id) ?? store.summary(id);
      known.set(id, found);
      return found;
    },
  };
}

/** Half-written folders of processes that were killed. */
async function removeLeftovers(dir: string): Promise<void> {
  for (const name of await readdir(dir).catch((): string[] => [])) if (name.endsWith(".tmp")) await rm(join(dir, name), { recursive: true, force: true });
}
