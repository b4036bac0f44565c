import { Secret, TOTP, URI } from "otpauth";

/** How a one-time password is made. The defaults are those of nearly all sites (RFC 6238). */
export interface TotpOptions {
  /** Default 6. */
  readonly digits?: number;
  /** Default 30. */
  readonly periodSeconds?: number;
  /** Default `SHA1`. */
  readonly algorithm?: "SHA1" | "SHA256" | "SHA512";
  /** When the password is to hold, in milliseconds since 1970. Default: now. */
  readonly atMs?: number;
}

/**
 * The time-based one-time password of now.
 *
 * @param secret - the base32 secret (spaces are allowed), or a whole `otpauth://` address from the site's QR code.
 */
export function totp(secret: string, options: TotpOptions = {}): string {
  const { digits = 6, periodSeconds = 30, algorithm = "SHA1", atMs = Date.now() } = options;
  if (secret.startsWith("otpauth://")) {
    const parsed = URI.parse(secret);
    if (!(parsed instanceof TOTP)) throw new TypeError("totp: the otpauth:// address is not of a time-based password.");
    return parsed.generate({ timestamp: atMs });
  }
  return new TOTP({ secret: Secret.fromBase32(secret.replaceAll(/[\s-]/g, "").toUpperCase()), digits, period: periodSeconds, algorithm }).generate({ timestamp: atMs });
}
