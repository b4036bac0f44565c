import { randomUUIDv7 } from "node:crypto";
import type { Deployment, Manifest } from "../../model/deployment.ts";
import { LatchkeyError } from "../../model/errors.ts";
import type { HostedProject } from "../../model/hosted-project.ts";
import type { HostedProjects } from "../../model/hosted-store.ts";
import type { SealedBox, Sealer } from "../../model/seal.ts";
import { sqlStateOf, toJsonb, UNIQUE_VIOLATION, type Database } from "./database.ts";

interface ProjectRow {
  readonly id: string;
  readonly workspace_id: string;
  readonly name: string;
  readonly live_deployment_id: string | null;
  readonly created_at: Date;
}

const COLUMNS = "id, workspace_id, name, live_deployment_id, created_at";

/** Projects, their deployments and their environment. */
export function createProjects(database: Database, sealer: Sealer): HostedProjects {
  const contextOf = (projectId: string, name: string): string => `env ${projectId} ${name}`;
  const byName = async (workspaceId: string, name: string): Promise<HostedProject | null> => {
    const { rows } = await database.sql.query<ProjectRow>(`select ${COLUMNS} from projects where workspace_id = $1 and name = $2`, [workspaceId, name]);
    return rows[0] === undefined ? null : toProject(rows[0]);
  };
  return {
    byName,
    async get(projectId) {
      const { rows } = await database.sql.query<ProjectRow>(`select ${COLUMNS} from projects where id = $1`, [projectId]);
      return rows[0] === undefined ? null : toProject(rows[0]);
    },
    async list(workspaceId) {
      const { rows } = await database.sql.query<ProjectRow>(`select ${COLUMNS} from projects where workspace_id = $1 order by name`, [workspaceId]);
      return rows.map(toProject);
    },
    async create(workspaceId, name) {
      try {
        const { rows } = await database.sql.query<ProjectRow>(`insert into projects (id, workspace_id, name) values ($1, $2, $3) returning ${COLUMNS}`, [randomUUIDv7(), workspaceId, name]);
        if (rows[0] === undefined) throw new LatchkeyError("INTERNAL", "The project was not recorded.");
        return toProject(rows[0]);
      } catch (thrown) {
        if (sqlStateOf(thrown) === UNIQUE_VIOLATION) throw new LatchkeyError("PROJECT_EXISTS", `There already is a project "${name}".`);
        throw thrown;
      }
    },
    async addDeployment(projectId, manifest, archive, createdBy) {
      const id = randomUUIDv7();
      const { rows } = await database.sql.query<{ readonly id: string }>(
        "insert into deployments (id, project_id, content_hash, manifest, archive, created_by) values ($1, $2, $3, $4, $5, $6) on conflict (project_id, content_hash) do update set content_hash = excluded.content_hash returning id",
        [id, projectId, manifest.contentHash, toJsonb(manifest), archive, createdBy],
      );
      const known = rows[0]?.id ?? id;
      return { id: known, isNew: known === id };
    },
    async deployments(projectId) {
      const { rows } = await database.sql.query<{ readonly id: string; readonly content_hash: string; readonly size_bytes: number; readonly created_at: Date; readonly created_by: string; readonly activated_at: Date | null; readonly live: boolean; readonly targets: Manifest["targets"] }>(
        "select d.id, d.content_hash, length(d.archive) as size_bytes, d.created_at, d.created_by, d.activated_at, p.live_deployment_id is not distinct from d.id as live, d.manifest->'targets' as targets from deployments d join projects p on p.id = d.project_id where d.project_id = $1 order by d.id desc limit 200",
        [projectId],
      );
      return rows.map(({ id, content_hash: contentHash, size_bytes: sizeBytes, created_at: createdAt, created_by: createdBy, activated_at: activatedAt, live, targets }): Deployment => ({
        id, contentHash, sizeBytes, createdAt: createdAt.toISOString(), createdBy, activatedAt: activatedAt?.toISOString() ?? null, live, apis: targets.map(({ name }) => name).filter((name) => !name.startsWith("auth-sessions/")),
      }));
    },
    async activate(projectId, deploymentId) {
      await database.transaction(async (sql) => {
        const { rowCount } = await sql.query("update deployments set activated_at = now() where id = $1 and project_id = $2", [deploymentId, projectId]);
        if (rowCount !== 1) throw noDeployment(deploymentId);
        await sql.query("update projects set live_deployment_id = $1 where id = $2", [deploymentId, projectId]);
      });
    },
    async manifest(projectId, deploymentId) {
      const { rows } = await database.sql.query<{ readonly manifest: Manifest }>("select manifest from deployments where id = $1 and project_id = $2", [deploymentId, projectId]);
      if (rows[0] === undefined) throw noDeployment(deploymentId);
      return rows[0].manifest;
    },
    async archive(projectId, deploymentId) {
      const { rows } = await database.sql.query<{ readonly archive: Buffer }>("select archive from deployments where id = $1 and project_id = $2", [deploymentId, projectId]);
      if (rows[0] === undefined) throw noDeployment(deploymentId);
      return rows[0].archive;
    },
    async env(projectId) {
      const { rows } = await database.sql.query<{ readonly name: string; readonly sealed_value: SealedBox }>("select name, sealed_value from project_env where project_id = $1", [projectId]);
      return Object.fromEntries(rows.map(({ name, sealed_value: box }) => [name, sealer.open(box, contextOf(projectId, name))]));
    },
    async envNames(projectId) {
      const { rows } = await database.sql.query<{ readonly name: string; readonly updated_at: Date }>("select name, updated_at from project_env where project_id = $1 order by name", [projectId]);
      return rows.map(({ name, updated_at: updatedAt }) => ({ name, updatedAt: updatedAt.toISOString() }));
    },
    async setEnv(projectId, name, value) {
      await database.sql.query("insert into project_env (project_id, name, sealed_value) values ($1, $2, $3) on conflict (project_id, name) do update set sealed_value = excluded.sealed_value, updated_at = now()", [projectId, name, sealer.seal(value, contextOf(projectId, name))]);
    },
    async deleteEnv(projectId, name) {
      const { rowCount } = await database.sql.query("delete from project_env where project_id = $1 and name = $2", [projectId, name]);
      return rowCount === 1;
    },
  };
}

function toProject({ id, workspace_id: workspaceId, name, live_deployment_id: liveDeploymentId, created_at: createdAt }: ProjectRow): HostedProject {
  return { id, workspaceId, name, liveDeploymentId, createdAt: createdAt.toISOString() };
}

function noDeployment(id: string): LatchkeyError {
  return new LatchkeyError("DEPLOYMENT_NOT_FOUND", `The project has no deployment "${id}".`);
}
