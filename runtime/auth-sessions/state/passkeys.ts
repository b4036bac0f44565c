import type { CDPSession, Page } from "puppeteer-core";
import type { StoredPasskey } from "../../model/storage-state.ts";

/** Virtual authenticators: one per page, since Chrome ties them to pages, all with the same passkeys. */
export interface PasskeyKeeper {
  /** Gives a page an authenticator. */
  equip(page: Page): Promise<void>;
  /** All passkeys as they are now. */
  capture(): Promise<readonly StoredPasskey[]>;
}

interface Equipped {
  readonly session: CDPSession;
  readonly authenticatorId: string;
}

/** A keeper that starts with the passkeys of a state. */
export function createPasskeyKeeper(stored: readonly StoredPasskey[]): PasskeyKeeper {
  const known = new Map(stored.map((passkey) => [passkey.credentialId, passkey]));
  const equipped = new Set<Equipped>();

  const learn = async (passkey: StoredPasskey, from: Equipped): Promise<void> => {
    const before = known.get(passkey.credentialId);
    known.set(passkey.credentialId, before !== undefined && before.signCount > passkey.signCount ? before : passkey);
    if (before !== undefined) return;
    await Promise.allSettled([...equipped].filter((other) => other !== from).map((other) => add(other, passkey)));
  };
  const forget = (credentialId: string): void => void known.delete(credentialId);

  return {
    async equip(page) {
      const session = await page.createCDPSession();
      await session.send("WebAuthn.enable");
      const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
        options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
      });
      const mine: Equipped = { session, authenticatorId };
      equipped.add(mine);
      page.once("close", () => equipped.delete(mine));
      session.on("WebAuthn.credentialAdded", ({ credential }) => void learn(toStored(credential), mine));
      session.on("WebAuthn.credentialAsserted", ({ credential }) => void learn(toStored(credential), mine));
      session.on("WebAuthn.credentialDeleted", ({ credentialId }) => forget(credentialId));
      for (const passkey of known.values()) await add(mine, passkey);
    },
    async capture() {
      for (const { session, authenticatorId } of equipped) {
        const { credentials } = await session.send("WebAuthn.getCredentials", { authenticatorId }).catch(() => ({ credentials: [] }));
        for (const credential of credentials) {
          const passkey = toStored(credential);
          const before = known.get(passkey.credentialId);
          if (before === undefined || before.signCount < passkey.signCount) known.set(passkey.credentialId, passkey);
        }
      }
      return [...known.values()];
    },
  };
}

async function add({ session, authenticatorId }: Equipped, passkey: StoredPasskey): Promise<void> {
  await session.send("WebAuthn.addCredential", { authenticatorId, credential: { ...passkey } });
}

type Credential = { readonly credentialId: string; readonly isResidentCredential: boolean; readonly rpId?: string; readonly privateKey: string; readonly userHandle?: string; readonly signCount: number; readonly userName?: string; readonly userDisplayName?: string };

function toStored({ credentialId, isResidentCredential, rpId, privateKey, userHandle, signCount, userName, userDisplayName }: Credential): StoredPasskey {
  return { credentialId, isResidentCredential, privateKey, signCount, ...(rpId !== undefined && { rpId }), ...(userHandle !== undefined && { userHandle }), ...(userName !== undefined && { userName }), ...(userDisplayName !== undefined && { userDisplayName }) };
}
