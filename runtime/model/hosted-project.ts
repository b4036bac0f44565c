/** A project of a workspace. */
export interface HostedProject {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly liveDeploymentId: string | null;
  readonly createdAt: string;
}
